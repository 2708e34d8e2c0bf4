# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The programs inside the VM: a small root of a world of apt.sh, cut down to what is run there, as one
# uncompressed cpio (under emulation, unpacking costs more than reading).

userland_packages=(
	bash bsdutils coreutils dash diffutils findutils gawk grep hostname iproute2 kmod libcap2-bin mount
	procps sed sysvinit-utils uidmap util-linux util-linux-extra
	libbpf1 libcjson1 libcmocka0 libelf1 libmnl0 libncursesw6 libsmartcols1 ncurses-base wireguard-tools
)

# What is copied: programs by name, libraries by what the project itself links with; their own needs follow.
read -rd '' userland_programs <<-'END' || true
	bash dash
	[ arch b2sum base64 basename cat chgrp chmod chown chroot cksum comm cp cut date dd df dirname du echo env
	expand expr factor false fold groups head id install join link ln logname ls md5sum mkdir mkfifo mknod mktemp
	mv nice nl nohup nproc numfmt od paste printenv printf pwd readlink realpath rm rmdir seq sha256sum shuf sleep
	sort split stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname
	unlink uniq wc whoami yes
	cmp diff find xargs gawk grep egrep sed hostname
	bridge ip ss tc wg depmod insmod kmod lsmod modinfo modprobe rmmod
	capsh getcap getpcaps setcap
	dmesg fallocate findmnt flock getopt ipcmk ipcrm ipcs losetup lsfd lsipc lsns mount mountpoint nsenter pivot_root
	prlimit script setarch setpriv setsid su taskset umount unshare
	newgidmap newuidmap
	free kill pgrep pidof pkill pmap ps sysctl uptime vmstat w
END
userland_libraries=(libbpf.so.1 libcjson.so.1 libcmocka.so.0 libelf.so.1 libmnl.so.0 libncursesw.so.6 libsmartcols.so.1)

# The release whose userland this machine's own binaries run on.
default_userland() {
	local codename
	# shellcheck disable=SC1091
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	case $codename in
	trixie) echo trixie ;;
	*) echo bookworm ;;
	esac
}

needed_libraries() {
	readelf -d "$@" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u
}

find_library() {
	local root=$1 name=$2 dir
	for dir in "$root"/usr/lib/{*-linux-gnu,*-linux-gnu/security} "$root"/usr/lib64 "$root"/usr/lib; do
		[[ ! -e $dir/$name ]] || { echo "${dir#"$root/"}/$name"; return; }
	done
	die "userland: no library $name in $root"
}

# copy_libraries FROM TO NAME...: the libraries and, in turn, what they need.
copy_libraries() {
	local from=$1 to=$2 name path
	shift 2
	for name; do
		path=$(find_library "$from" "$name")
		[[ ! -e $to/$path ]] || continue
		install -D -m 755 "$from/$path" "$to/$path"
		# shellcheck disable=SC2046 # names of libraries have no spaces
		copy_libraries "$from" "$to" $(needed_libraries "$to/$path")
	done
}

copy_program() {
	local from=$1 to=$2 name=$3 dir
	for dir in bin sbin; do
		[[ -e $from/usr/$dir/$name || -L $from/usr/$dir/$name ]] || continue
		cp -a "$from/usr/$dir/$name" "$to/usr/$dir/"
		return
	done
	say "userland: Debian has no program $name here; left out"
}

copy_terminals() {
	local from=$1 to=$2 path
	for path in usr/{lib,share}/terminfo/{l/linux,v/vt100,v/vt220,x/xterm,x/xterm-256color}; do
		[[ ! -e $from/$path ]] || install -D -m 644 "$from/$path" "$to/$path"
	done
}

write_accounts() {
	local etc=$1
	cat >"$etc/passwd" <<-'END'
		root:x:0:0:root:/root:/bin/bash
		user:x:1000:1000:user:/home/user:/bin/bash
		nobody:x:65534:65534:nobody:/nonexistent:/bin/sh
	END
	cat >"$etc/group" <<-'END'
		root:x:0:
		tty:x:5:
		user:x:1000:
		nogroup:x:65534:
	END
	echo "user:100000:65536" | tee "$etc/subuid" >"$etc/subgid"
	echo "passwd: files
group: files" >"$etc/nsswitch.conf"
	echo procns >"$etc/hostname"
	# shellcheck disable=SC2016 # expanded by the shell inside
	echo 'PS1="$(uname -r | cut -d- -f1) \w # "' >"$etc/profile"
	echo "127.0.0.1 localhost procns" >"$etc/hosts"
}

fill_root() {
	local all=$1 root=$2 loader=$3 part name
	for part in bin sbin lib lib64; do
		mkdir -p "$root/usr/$part"
		ln -s "usr/$part" "$root/$part"
	done
	mkdir -p "$root"/{dev,etc,home/user,mnt,proc,root,run,sys,tmp,var/tmp,vm}
	for name in $userland_programs; do
		copy_program "$all" "$root" "$name"
	done
	ln -s gawk "$root/usr/bin/awk"
	ln -sf dash "$root/usr/bin/sh"
	ln -s ../run "$root/var/run"
	ln -s /proc/self/mounts "$root/etc/mtab"
	# shellcheck disable=SC2046 # names of libraries
	copy_libraries "$all" "$root" "${loader##*/}" "${userland_libraries[@]}" \
		$(needed_libraries "$root"/usr/bin/* "$root"/usr/sbin/*)
	ln -sfr "$root/$(find_library "$root" "${loader##*/}")" "$root/usr$loader"
	copy_terminals "$all" "$root"
	write_accounts "$root/etc"
}

make_userland() {
	local world=$1 dir=$2
	need_tools cpio readelf
	world_tree "$world" "$dir/all" "${userland_packages[@]}"
	fill_root "$dir/all" "$dir/root" "$(loader_of "$(world_architecture "$world")")"
	cpio_of "$dir/root" >"$dir/root.cpio"
	rm -rf "$dir/all"
}

# userland_dir WORLD: where its root.cpio is, made first if need be.
userland_dir() {
	local world=$1 dir
	dir=$cache/userland/${world/:/-}-$(echo "${userland_packages[*]} $userland_programs ${userland_libraries[*]}" |
		recipe make_userland fill_root write_accounts copy_program copy_libraries)
	make_once "$dir" make_userland "$world"
	echo "$dir"
}
