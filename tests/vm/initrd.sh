# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the VM boots into: the userland, init, the kernel's modules, then what this run brings; archives one
# after the other, which the kernel unpacks in turn.

# init_dir ARCHITECTURE: where our init's archive is, compiled first if need be.
init_dir() {
	local architecture=$1 dir
	dir=$cache/init/$architecture-$(cat "$room"/init/*.[ch] | recipe make_init)
	make_once "$dir" make_init "$(compiler_of "$architecture")"
	echo "$dir"
}

make_init() {
	local compiler=$1 dir=$2
	mkdir "$dir/root"
	"$compiler" -D_GNU_SOURCE -O2 -Wall -Wextra -Wno-unused-result -static -s -o "$dir/root/init" "$room"/init/*.c
	cpio_of "$dir/root" >"$dir/init.cpio"
}

is_elf() {
	[[ -f $1 && $(head -c 4 -- "$1" | tr -d '\0') == $'\x7fELF' ]]
}

# The libraries a program of this machine needs and the userland lacks; another architecture's has them all.
add_libraries() {
	local program=$1 root=$2 userland=$3 name path
	while read -r name _ path _; do
		[[ $path == /* && ! -e $userland/root/usr/lib/x86_64-linux-gnu/$name ]] || continue
		install -D -m 755 "$path" "$root/usr/lib/x86_64-linux-gnu/$name"
	done < <(ldd "$program" 2>/dev/null)
}

add_files() {
	local root=$1 userland=$2 file inner
	mkdir -p "$root/root"
	for file in "${files[@]}"; do
		[[ -r $file ]] || die "-f $file: no such file can be read"
		cp -RL --preserve=mode,timestamps -- "$file" "$root/root/"
		while read -r inner; do
			! is_elf "$inner" || add_libraries "$inner" "$root" "$userland"
		done < <(find "$file" -type f -perm /111)
	done
}

add_orders() {
	local orders=$1
	mkdir -p "$orders"
	((!${#command[@]})) || printf '%s\0' "${command[@]}" >"$orders/command"
	echo "$seconds" >"$orders/seconds"
	[[ -z $interactive ]] || stty size >"$orders/shell" 2>/dev/null || echo "24 80" >"$orders/shell"
	[[ -z $module ]] || echo "$parameters" >"$orders/module"
}

module_archive() {
	local built
	built=$("$room/build-module" "$kernel")
	echo "${built%/*}/module.cpio"
}

# make_initrd SCRATCH: SCRATCH/initrd, and SCRATCH/bare, the part of it that boots and stops.
make_initrd() {
	local scratch=$1 root=$1/root userland archives=()
	userland=$(userland_dir "$(in_architecture "$release" "$architecture")")
	cat "$userland/root.cpio" "$(init_dir "$architecture")/init.cpio" "$dir/modules.cpio" >"$scratch/bare"
	add_orders "$root/vm"
	add_files "$root" "$userland"
	archives=("$scratch/bare")
	[[ -z $module ]] || archives+=("$(module_archive)")
	cpio_of "$root" | cat "${archives[@]}" - >"$scratch/initrd"
}
