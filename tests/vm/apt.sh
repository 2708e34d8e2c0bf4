# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Debian packages of any release, verified by apt, without touching the host's packages: each release
# ("world") has sources, lists and a package status of its own in the cache. A world is bookworm, or bookworm:arm64.

# Where this machine gets Debian from: "URI" of the archive whose label is $1 (Debian or Debian-Security).
mirror_of() {
	local label=$1 suite=$2 found
	# Until the first `apt-get update` there are no labels; then the name of the suite must do.
	found=$(apt-get indextargets --format '$(REPO_URI) $(LABEL) $(RELEASE)' 'Identifier: Packages' |
		awk -v label="$label" -v suite="$suite" '$2 == label || $3 == suite { print $1; exit }')
	[[ -n $found ]] ||
		die "no apt source of this machine is $label ($suite): the kernels come from Debian, by its mirror"
	echo "${found%/}"
}

keyring() {
	local ring
	for ring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
		[[ ! -r $ring ]] || { echo "$ring"; return; }
	done
	die "no Debian archive keyring: apt-get install debian-archive-keyring"
}

world_dir() { echo "$cache/apt/${1/:/-}"; }

world_architecture() {
	case $1 in
	*:*) echo "${1#*:}" ;;
	*) echo amd64 ;;
	esac
}

world_sources() {
	local world=${1%:*} ring archive security codename
	# shellcheck disable=SC1091
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	ring=$(keyring)
	archive=$(mirror_of Debian "$codename")
	security=$(mirror_of Debian-Security "$codename-security")

	echo "deb [signed-by=$ring] $archive $world main"
	# What is of another architecture is built against and thrown away: there the archive alone will do.
	[[ $1 = *:* ]] || echo "deb [signed-by=$ring] $security $world-security main"
	# Of releases in long term support only the two above remain.
	[[ $world != bullseye ]] || return 0
	echo "deb [signed-by=$ring] $archive $world-updates main"
	echo "deb [signed-by=$ring] $archive $world-backports main"
}

# in_world WORLD APT_COMMAND ARG...: an apt command that sees that world alone.
in_world() {
	local dir command=$2 architecture
	dir=$(world_dir "$1")
	architecture=$(world_architecture "$1")
	shift 2
	"$command" -q \
		-o Dir::Etc="$dir" -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
		-o Dir::State="$dir" -o Dir::State::status="$dir/status" -o Dir::Cache="$dir" \
		-o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o APT::Sandbox::User= \
		-o Acquire::Languages=none "$@"
}

# The lists are read again when they are older than an hour, and only if something is to be fetched.
open_world() {
	local world=$1 dir world_lock
	dir=$(world_dir "$world")
	mkdir -p "$dir/lists/partial" "$cache/locks"
	exec {world_lock}>"$cache/locks/apt-$world"
	flock "$world_lock"
	if [[ -z $(find "$dir/updated" -mmin -60 2>/dev/null) ]]; then
		say "reading the package lists of Debian $world"
		world_sources "$world" >"$dir/sources.list"
		: >"$dir/status"
		quietly in_world "$world" apt-get update -o APT::Update::Error-Mode=any ||
			die "the package lists of Debian $world could not be read (above)"
		touch "$dir/updated"
	fi
	exec {world_lock}>&-
}

# world_fetch WORLD DIR PACKAGE...: download just these packages into DIR.
world_fetch() {
	local world=$1 dir=$2
	shift 2
	open_world "$world"
	say "fetching $*"
	mkdir -p "$dir"
	(cd "$dir" && quietly in_world "$world" apt-get download "$@") || die "could not download $*"
}

# unpack DIR DEB...: as on a system whose /lib is /usr/lib, whichever of the two the package has.
unpack() {
	local dir=$1 deb part
	shift
	for part in bin sbin lib lib64; do
		mkdir -p "$dir/usr/$part"
		[[ -L $dir/$part ]] || ln -s "usr/$part" "$dir/$part"
	done
	for deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -p --keep-directory-symlink -C "$dir"
	done
}

# world_tree WORLD DIR PACKAGE...: unpack the packages and all they depend on below DIR. Nothing of
# them is run, so what they would do when installed (alternatives, caches) is not done.
world_tree() {
	local world=$1 dir=$2 debs
	shift 2
	open_world "$world"
	say "fetching $* with what they need (Debian $world)"
	debs=$(mktemp -d "$cache/debs.XXXXXX")
	mkdir "$debs/partial"
	quietly in_world "$world" apt-get -y -o Dir::Cache::archives="$debs" -o Debug::NoLocking=1 \
		install --download-only --no-install-recommends "$@" || die "could not download $*"

	unpack "$dir" "$debs"/*.deb
	rm -rf "$debs"
}
