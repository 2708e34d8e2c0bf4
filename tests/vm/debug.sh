# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Kernels of our own: small, with everything on that catches a mistake.
#
# Such a kernel in the cache is as any other, and has beside it root/: the compiler, and what is left of the sources
# that modules are built against.

# NAME -> "WORLD PACKAGE [SUITE]" of its sources; plain "debug" is 6.12's.
debug_origin() {
	case $1 in
	debug-6.1) echo "bookworm linux-source-6.1" ;;
	debug | debug-6.12) echo "bookworm linux-source-6.12 bookworm-backports" ;;
	debug-7.x) echo "trixie linux-source trixie-backports" ;;
	kcsan-* | faults-*) debug_origin "debug-${1#*-}" ;;
	*) die "no debug kernel is named '$1': debug-6.1 debug-6.12 (or debug) debug-7.x, and the same with kcsan or faults" ;;
	esac
}

debug_packages=("${toolchain_packages[@]}" bc bison flex gcc libc6-dev libelf-dev libssl-dev lz4 perl-base python3-minimal
	tar xz-utils)

# Other architectures and the documentation are most of the sources and none of the kernel.
unpack_sources() {
	local root=$1 archive name
	archive=$(find "$root/usr/src" -maxdepth 1 -name 'linux-source-*.tar.xz')
	name=$(basename "$archive" .tar.xz)
	mkdir "$root/usr/src/linux"
	tar -x --strip-components=1 -C "$root/usr/src/linux" -f "$archive" \
		--anchored --exclude="$name/arch/[a-wyz]*.[chS]" --exclude="$name/arch/*.dts*" --exclude="$name/tools/testing/*" \
		--exclude="$name/Documentation/*.rst" --exclude="$name/Documentation/*.yaml" --exclude="$name/drivers/gpu/*.[ch]"
	rm -f "$archive"
}

configure_debug() {
	local root=$1 wanted=$2 missing
	cp "$wanted" "$root/usr/src/procns.config"
	quietly in_linux "$root" tinyconfig || die "make tinyconfig failed (above)"
	quietly in_root "$root" /tmp sh -c '
		cd /usr/src/linux && scripts/kconfig/merge_config.sh -m .config ../procns.config && make -s olddefconfig' ||
		die "the kernel cannot be configured (above)"
	# An option that a kernel has no more, or has under another name, is no mistake; a lost debugger is.
	missing=$(grep -E '^CONFIG_(KASAN|PROVE_LOCKING|PROVE_RCU|DEBUG_ATOMIC_SLEEP|DEBUG_OBJECTS|DEBUG_KMEMLEAK)=y' "$wanted" |
		grep -vxFf "$root/usr/src/linux/.config" || true)
	[[ -z $missing ]] || die "the kernel was to have ${missing//$'\n'/ } and has not"
}

in_linux() {
	local root=$1
	shift
	in_root "$root" /tmp make -s -C /usr/src/linux -j "$(nproc)" KBUILD_BUILD_USER=procns KBUILD_BUILD_HOST=procns "$@"
}

# What modules are built against is headers, makefiles, scripts and symbols: a tenth of the tree.
keep_headers() {
	local linux=$1
	find "$linux" -type f \( -name '*.[oaS]' -o -name '*.c' -o -name '*.cmd' -o -name '.tmp*' -o -name 'vmlinux*' \) \
		! -path "$linux/scripts/*" ! -path "$linux/tools/*" ! -name 'module*.lds' ! -name '*.symvers' -delete
	rm -rf "$linux"/{drivers,sound,samples,Documentation,crypto,fs} "$linux/arch/x86/boot"
}

# What a kernel has over debug.config, files of the room.
options_over() {
	case $1 in
	kcsan-*) echo kcsan.config ;;
	faults-*) echo faults.config ;;
	esac
	case $1 in *-6.1) echo debug-6.1.config ;; esac
}

# The options of BELOW that OVER says nothing of, and those of OVER.
overlaid() {
	local below=$1 over=$2
	grep -vE "^($(grep -oE '^CONFIG_[A-Z0-9_]+' "$over" | paste -sd '|'))=" "$below"
	cat "$over"
}

# Made as debug is, with other options; all that are switched on over it must be there.
make_other_kernel() {
	local name=$1 dir=$2 wanted=$2/wanted over missing
	cp "$room/debug.config" "$wanted"
	for over in $(options_over "$name"); do
		overlaid "$wanted" "$room/$over" >"$wanted.new"
		mv "$wanted.new" "$wanted"
	done
	mkdir "$dir/options"
	mv "$wanted" "$dir/options/debug.config"
	(room=$dir/options make_debug_kernel "$name" "$dir")
	for over in $(options_over "$name"); do
		missing=$(grep '=y$' "$room/$over" | grep -vxFf "$dir/config" || true)
		[[ -z $missing ]] || die "$name was to have ${missing//$'\n'/ } and has not"
	done
}

other_recipe() {
	local over
	{ debug_recipe; for over in $(options_over "$1"); do cat "$room/$over"; done; } | recipe overlaid make_other_kernel
}

debug_recipe() {
	{ cat "$room/debug.config"; echo "${debug_packages[*]}"; } |
		recipe make_debug_kernel unpack_sources configure_debug in_linux keep_headers
}

make_debug_kernel() {
	local name=$1 dir=$2 root=$2/root world package suite release
	need_tools cpio depmod
	read -r world package suite <<<"$(debug_origin "$name")"
	world_tree "$world" "$root" "${debug_packages[@]}" "$package${suite:+/$suite}"
	finish_root "$root"
	say "building $name: some minutes, once"
	unpack_sources "$root"
	configure_debug "$root" "$room/debug.config"
	quietly in_linux "$root" bzImage modules || die "$name does not build (above)"

	release=$(in_linux "$root" kernelrelease)
	cp "$root/usr/src/linux/arch/x86/boot/bzImage" "$dir/vmlinuz"
	cp "$root/usr/src/linux/.config" "$dir/config"
	mkdir -p "$dir/lib/modules/$release"
	touch "$dir/lib/modules/$release"/{early,modules.order,modules.builtin}
	depmod -b "$dir" "$release"
	cpio_of "$dir" -path './lib*' >"$dir/modules.cpio"
	keep_headers "$root/usr/src/linux"
	ln -s linux "$root/usr/src/linux-headers-$release"
	echo "$release" >"$dir/release"
}
