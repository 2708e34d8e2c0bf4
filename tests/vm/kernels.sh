# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The kernels by name.
#
# A kernel in the cache is $cache/kernels/NAME/: release, vmlinuz, config, lib/modules/RELEASE (what the tests
# may load), modules.cpio (the same, to append to an initramfs).

# NAME -> "WORLD PACKAGE [SUITE]": the metapackage to ask for, or a pattern of which the newest is taken.
# The cloud flavour has all that is tested here and is a fifth of the size.
kernel_origin() {
	local version architecture world image suite=''
	version=$(kernel_version "$1")
	architecture=$(kernel_architecture "$1")
	image=linux-image-cloud-$architecture
	case $version in
	5.10) world=bullseye ;;
	6.1) world=bookworm ;;
	6.12) world=bookworm suite=bookworm-backports ;;
	7.x) world=trixie suite=trixie-backports ;;
	*)
		[[ $version =~ ^[0-9]+\.[0-9]+$ ]] ||
			die "no kernel is named '$1': 5.10 6.1 6.12 6.18 7.x debug, or any X.Y that trixie-backports keeps; with -arm64, arm64's"
		world=trixie image="linux-image-$version.[0-9]*-cloud-$architecture"
		;;
	esac
	echo "$(in_architecture "$world" "$architecture") $image $suite"
}

newest_package() {
	local world=$1 pattern=$2
	in_world "$world" apt-cache pkgnames linux-image- |
		awk -v glob="$pattern" 'BEGIN { gsub(/\./, "\\.", glob); sub(/\[0-9\]\*/, "[0-9].*", glob) }
			$0 ~ "^" glob "$"' |
		sort -V | tail -n 1
}

# The metapackage's one dependency on an image is the image.
metapackage_image() {
	local world=$1 package=$2 suite=$3
	in_world "$world" apt-cache ${suite:+-o APT::Default-Release="$suite"} show --no-all-versions "$package" |
		sed -n 's/^Depends: .*\(linux-image-[^ ,]*\).*/\1/p' | head -n 1
}

kernel_package() {
	local name=$1 world package suite image
	read -r world package suite <<<"$(kernel_origin "$name")"
	open_world "$world"
	case $package in
	*'*'*) image=$(newest_package "$world" "$package") ;;
	*) image=$(metapackage_image "$world" "$package" "$suite") ;;
	esac
	[[ -n $image ]] || die "Debian has no kernel $name: asked ${suite:-$world and its backports} for $package"
	echo "$image"
}

# Modules a test may want, and what they depend on, is all that goes in: the rest would only slow the boot.
read -rd '' wanted_modules <<-'END' || true
	virtio_pci virtio_console virtio_rng
	tun tap veth bridge br_netfilter dummy 8021q macvlan macvtap ipvlan ipvtap vxlan geneve wireguard
	bonding team team_mode_roundrobin team_mode_activebackup macsec vrf ifb nlmon ip_gre ip6_gre ipip sit ip6_tunnel ip_vti xfrm_interface netkit
	unix_diag inet_diag tcp_diag udp_diag raw_diag netlink_diag af_packet_diag vsock_diag
	af_alg vsock vsock_loopback tipc sctp af_key l2tp_netlink tls rxrpc
	nf_tables nf_conntrack nf_conntrack_netlink nf_nat ip_tables overlay fuse loop
END

module_paths() {
	local modules=$1 name
	for name in $wanted_modules; do
		echo "$name"
	done | awk '
		function stem(path) { sub(/.*\//, "", path); sub(/\.ko.*/, "", path); gsub(/-/, "_", path); return path }
		FNR == NR { split($0, side, ": *"); needs[stem(side[1])] = side[1] " " side[2]; next }
		{ gsub(/-/, "_"); count = split(needs[$1], path, " "); for (i = 1; i <= count; i++) print path[i] }
	' "$modules/modules.dep" - | sort -u
}

# All of DIR/lib/modules/RELEASE -> the wanted part of it, uncompressed.
thin_modules() {
	local dir=$1 release=$2 from=$1/all/lib/modules/$2 to=$1/lib/modules/$2 path
	depmod -b "$dir/all" "$release"
	mkdir -p "$to"
	cp "$from"/modules.{builtin,order,builtin.modinfo} "$to/"
	while read -r path; do
		install -D -m 644 "$from/$path" "$to/$path"
	done <<<"$(module_paths "$from")"
	find "$to" -name '*.ko.xz' -exec xz -d {} +
	find "$to" -name '*.ko.zst' -exec zstd -dq --rm {} +
	depmod -b "$dir" "$release"
	rm -rf "$dir/all"
}

# The order in which init must insert what lets it talk to us.
early_modules() {
	local modules=$1 name path
	for name in virtio_pci virtio_console; do
		awk -v end="/$name.ko" -F': *' 'index($1, end) {
			count = split($2, path, " ")
			for (i = count; i >= 1; i--) print path[i]
			print $1
		}' "$modules/modules.dep"
	done | awk '!seen[$0]++'
}

cpio_of() {
	(cd "$1" && find . -mindepth 1 "${@:2}" | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet)
}

# Later kernels are in several packages: the image depends on the rest by the exact name. Of a kernel that has been
# followed by another, some that hold no more than documentation are gone.
image_packages() {
	local world=$1 image=$2 release=${2#linux-image-} package
	echo "$image"
	for package in linux-{base,binary,modules}-"$release"; do
		! in_world "$world" apt-cache show "$package" 2>/dev/null | grep -q ^Filename || echo "$package"
	done
}

make_kernel() {
	local name=$1 dir=$2 package release world packages file
	need_tools cpio depmod xz zstd
	package=$(kernel_package "$name")
	read -r world _ <<<"$(kernel_origin "$name")"
	release=${package#linux-image-}
	mapfile -t packages <<<"$(image_packages "$world" "$package")"
	world_fetch "$world" "$dir/debs" "${packages[@]}"
	unpack "$dir/all" "$dir"/debs/*.deb
	rm -rf "$dir/debs"

	# /boot up to 7.2, beside the modules later.
	for file in vmlinuz config; do
		mv "$dir/all/boot/$file-$release" "$dir/$file" 2>/dev/null ||
			mv "$dir/all/lib/modules/$release/$file" "$dir/$file" 2>/dev/null ||
			die "no $file in ${packages[*]}"
	done
	thin_modules "$dir" "$release"
	early_modules "$dir/lib/modules/$release" >"$dir/lib/modules/$release/early"
	# without lib itself, which in the userland is a link, and with arm64's leads to the loader of every program
	cpio_of "$dir" -path './lib/*' >"$dir/modules.cpio"
	echo "$release" >"$dir/release"
}

# Fails, saying so, if NAME names no kernel.
kernel_known() {
	case $1 in
	debug* | kcsan* | faults*) debug_origin "$1" ;;
	*) kernel_origin "$1" ;;
	esac >/dev/null
}

# kernel_dir NAME: where it is, fetched or built first if need be.
kernel_dir() {
	local name=$1 dir
	kernel_known "$name"
	[[ $name != debug-6.12 ]] || name=debug
	dir=$cache/kernels/$name
	case $name in
	debug* | kcsan* | faults*)
		if [[ -n $(options_over "$name") ]]; then
			dir+=-$(other_recipe "$name")
			make_once "$dir" make_other_kernel "$name"
		else
			dir+=-$(debug_recipe)
			make_once "$dir" make_debug_kernel "$name"
		fi
		;;
	*) make_once "$dir" make_kernel "$name" ;;
	esac
	echo "$dir"
}
