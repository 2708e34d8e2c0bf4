#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Links, aliases, namespaces and processes whose names are hostile: what they hold comes out of every format as text, and drives
# neither a terminal, nor a parser, nor a browser. The kernel takes any byte in a link's name but blanks, '/' and ':'.

TEST_SECONDS=120
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/lib/net.sh
. "$top/tests/lib/net.sh"

net_begin "$@"

# What it is called, and how JSON has it (decoded again): the same, but for what is not UTF-8.
names=(
	$'<script>x()'		$'<script>x()'
	$'-->]]>'		$'-->]]>'
	$'"quo\'ted"'		$'"quo\'ted"'
	$'back\\slash\\N'	$'back\\slash\\N'
	$'&amp;&#60;'		$'&amp;&#60;'
	$'$(id);`id`'		$'$(id);`id`'
	$'{a|b};[c]'		$'{a|b};[c]'
	$'low\x01\x02\x1f'	$'low\x01\x02\x1f'
	$'esc\e[31m\x7f'	$'esc\e[31m\x7f'
	$'utf-8 é'		''
	$'é日本'			$'é日本'
	$'bidi\xe2\x80\xaetxt'	$'bidi\xe2\x80\xaetxt'
	$'c1\xc2\x9b31m'	$'c1\xc2\x9b31m'
	$'bad\xff\xfe'		$'bad\\xff\\xfe'
	$'cut\xe2\x82'		$'cut\\xe2\\x82'
	'@TOPOLOGY@'		'@TOPOLOGY@'
	'@PICTURE@'		'@PICTURE@'
)

netns $'<b>&"\'\\' victim
hostile=$(stat -Lc %i /run/netns/$'<b>&"\'\\')
made=()
for ((i = 0; i < ${#names[@]}; i += 2)); do
	if ip -n victim link add name "${names[i]}" type veth peer name "peer$i" 2>/dev/null; then
		ip -n victim link set "${names[i]}" up
		made+=("$i")
	fi
done
alias=$'two words\nand </script><script>alert(1)</script> \e[2J'
ip -n victim link add sw0 type bridge
ip -n victim link set sw0 up alias "$alias"
ip -n victim link set 'peer0' netns $'<b>&"\'\\' up
(exec -a x unshare --net bash -c $'echo -n \'<i>\e[1m"x\' >/proc/$$/comm; sleep 1000 & wait') &
process=$!
at_exit kill $process
eventually 10 grep -q '^<i>' /proc/$process/comm

is 'a name with a blank is refused by the kernel, all others are taken' "${#made[@]}" $((${#names[@]} / 2 - 1))

read_net
check 'the JSON is JSON' "$JSONGET" version <"$work/net.json"
in_json 'namespaces[name=victim].links[*].name' >"$work/listed"
for i in "${made[@]}"; do
	printf -v shown %q "${names[i]}"
	check "JSON has $shown" grep -qxF -e "${names[i + 1]}" "$work/listed"
done
is 'JSON has the alias' "$(link_json victim sw0 alias)" "$alias"
is 'JSON has the name of the namespace' "$(in_json "namespaces[inum=$hostile].name")" $'<b>&"\'\\'
is 'JSON has the name of the process' "$(in_json "namespaces[pid=$process].command")" $'<i>\e[1m"x'
is 'JSON is plain text to a terminal and a browser' "$(LC_ALL=C grep -acP '[\x00-\x09\x0b-\x1f\x7f<>&]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' "$work/net.json")" 0

# No control characters but line feeds, and UTF-8.
harmless() {
	! LC_ALL=C grep -aqP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$1" && ! LC_ALL=C.UTF-8 grep -axvq '.*' "$1"
}
procns net >"$work/tree" 2>/dev/null
check 'the tree is harmless' harmless "$work/tree"
check 'the tree shows what was escaped' grep -qF 'esc\x1b[31m\x7f' "$work/tree"
procns net --color=never --path victim $'<b>&"\'\\' >"$work/path" 2>"$work/path.err"
check 'a path is harmless' harmless "$work/path"
run procns net --path $'\e[2Jno\xff' victim
check 'a message about a bad name is harmless' harmless "$work/stderr"
is '… and says so' "$STATUS" 1
procns net --dot >"$work/dot" 2>/dev/null
check 'the graph is harmless' harmless "$work/dot"

if ! command -v dot >/dev/null; then
	skip 'pictures' 'no dot'
	done_testing
	exit
fi
dot -Tsvg <"$work/dot" >"$work/svg" 2>"$work/dot.err"
is 'Graphviz takes the graph without a word' "$(cat "$work/dot.err")" ''
procns net --svg "$work/own.svg" 2>/dev/null
procns net --png "$work/own.png" 2>/dev/null
procns net --html "$work/page.html" 2>/dev/null
check 'the picture is harmless' harmless "$work/own.svg"
refuse 'the picture has no script' grep -qi '<script' "$work/own.svg"
is 'the picture is a PNG' "$(head -c 8 "$work/own.png" | od -An -tx1 | tr -d ' \n')" 89504e470d0a1a0a
tr -d '\t' <"$work/page.html" >"$work/page"	# its own script is indented
check 'the page is harmless' harmless "$work/page"
is 'the page has the scripts it brings and no other' "$(grep -oi '<script' "$work/page.html" | wc -l)" 2
is 'the page ends its scripts itself' "$(grep -oi '</script' "$work/page.html" | wc -l)" 2
is 'the page has one picture and one topology' "$(grep -c '<svg' "$work/page.html") $(grep -c '"namespaces": \[' "$work/page.html")" '1 1'
sed -n '/application\/json/,/<\/script>/{//!p}' "$work/page.html" >"$work/net.json"
check 'the JSON in the page is JSON' "$JSONGET" version <"$work/net.json"
is 'the JSON in the page has them too' "$(in_json 'namespaces[name=victim].links[*].name' | grep -cF -e 'script>')" 1

if command -v python3 >/dev/null && python3 -c 'import xml.dom.minidom' 2>/dev/null; then
	check 'the picture is XML' python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$work/own.svg"
	python3 - "$work/own.svg" >"$work/titles" <<-'END'
		import sys, xml.dom.minidom
		for text in xml.dom.minidom.parse(sys.argv[1]).getElementsByTagName("text"):
		    print("".join(n.data for n in text.childNodes if n.nodeType == n.TEXT_NODE))
	END
	sed -i 's/\xe2\x81\xa0//g' "$work/titles"	# keeps Graphviz from replacing \N
	for name in '<script>x()' '-->]]>' '"quo'\''ted"' 'back\slash\N' '&amp;&#60;' '{a|b};[c]' 'esc\x1b[31m\x7f' 'bad\xff\xfe' 'é日本'; do
		check "the picture shows $name" grep -qxF -e "$name" "$work/titles"
	done
else
	skip 'the picture is XML' 'no python3 to parse it'
fi
done_testing
