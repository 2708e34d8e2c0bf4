#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The page of `procns net --html` in a browser: the picture is there, a search finds, a click shows details, hostile names stay text,
# and nothing is fetched. A copy of the page gets a script at its end that does what a person would and writes down what came of it.

TEST_SECONDS=200
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/lib/net.sh
. "$top/tests/lib/net.sh"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip_all 'no chromium'
command -v dot >/dev/null || skip_all 'no dot: the page has a picture'
net_begin "$@"

netns web db empty
ip link add br0 type bridge
ip addr add 10.5.0.1/24 dev br0
ip link set br0 up
for n in web db; do
	ip link add port-$n type veth peer name eth0 netns $n
	ip link set port-$n master br0 up
	ip -n $n link set eth0 up
done
ip -n web addr add 10.5.0.2/24 dev eth0
ip -n db addr add 10.5.0.3/24 dev eth0
ip -n web route add default via 10.5.0.1
ip -n web link add name '<img/src=x>' type bridge 2>/dev/null || ip -n web link add name '<img src' type bridge 2>/dev/null
ip -n web link add name '<svg>&lt;"x' type veth peer name tail
ip -n web link set tail alias '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 2">' up
ip -n web link set '<svg>&lt;"x' up
settle web db
web=$(number web)

procns net --html "$work/page.html" 2>"$work/err"
is 'the page is written' $? 0
eth0=$(procns net -J 2>/dev/null | "$JSONGET" "namespaces[inum=$web].links[name=eth0].ifindex")

script=$(cat <<END
<script>
const said = [];
const say = (what, value) => said.push(what + ': ' + value);
const text = () => details.textContent.replace(/\s+/g, ' ').trim();
const type = words => { const s = document.getElementById('search'); s.value = words; s.dispatchEvent(new Event('input')); };
const click = hash => anchors(hash)[0].querySelector('text').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
say('summary', document.getElementById('summary').textContent);
say('picture', !!svg && svg.getBoundingClientRect().width > 100);
type('10.5.0.3');
say('found by address', text());
say('marked', document.querySelectorAll('svg .found').length);
type('eth0 web');
say('found by two words', text());
type('nonesuch');
say('not found', text());
type('');
say('all again', text().startsWith('Namespaces') || text().startsWith('Incomplete'));
click('#l$web-$eth0');
say('link', details.querySelector('h2').textContent + ', ' + text());
say('chosen', document.querySelectorAll('svg .chosen').length);
details.querySelectorAll('a.to')[0].click();
say('namespace', text());
[...details.querySelectorAll('a.to')].find(a => a.textContent === 'tail').click();
say('alias', text());
say('hacked', window.hacked);
say('images', document.querySelectorAll('img').length);
const before = svg.getBoundingClientRect().width;
document.getElementById('in').click();
say('larger', svg.getBoundingClientRect().width > before);
document.getElementById('fit').click();
say('fits', svg.getBoundingClientRect().height <= picture.clientHeight);
say('fetched', performance.getEntriesByType('resource').length);
const out = document.createElement('pre');
out.id = 'said';
out.textContent = '\n' + said.join('\n') + '\n';
document.body.append(out);
</script>
END
)
{ grep -v -e '^</body>$' -e '^</html>$' "$work/page.html"; printf '%s\n</body>\n</html>\n' "$script"; } >"$work/driven.html"

# A busy machine may keep a browser from starting at all: then, and only then, it gets another try.
for try in 1 2; do
	timeout 80 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$work/profile$try" --window-size=1400,900 \
		--dump-dom "file://$work/driven.html" >"$work/dom" 2>"$work/browser.err"
	sed -n '/<pre id="said">/,/<\/pre>/p' "$work/dom" | sed 's/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' >"$work/said"
	[ ! -s "$work/said" ] || break
	echo "# the browser said, try $try:"
	tail -n 3 "$work/browser.err" | sed 's/^/# /'
done
said() { sed -n "s/^$1: //p" "$work/said"; }

is 'the picture is shown' "$(said picture)" true
is 'the summary counts' "$(said summary | grep -cE '^[0-9]+ namespaces, [0-9]+ links, [0-9]+ joins$')" 1
is 'a search by address finds' "$(said 'found by address' | grep -c '^1 linketh0 in db .*10.5.0.3/24')" 1
is 'what is found is marked in the picture' "$(said marked)" 1
is 'a search by link and namespace finds' "$(said 'found by two words' | grep -c '^1 linketh0 in web')" 1
is 'a search for nothing finds nothing' "$(said 'not found')" '0 links'
is 'without a search all is there again' "$(said 'all again')" true
is 'a click on a link shows it' "$(said link | grep -cE '^eth0, eth0veth in web.*10\.5\.0\.2/24.*other endport-web in ')" 1
is 'what is shown is marked in the picture' "$(said chosen)" 1
is 'a click on its namespace shows that' "$(said namespace | grep -cE "^web.*net:\[$web\].*routes.*default via 10\.5\.0\.1 dev eth0")" 1
is 'an alias is text' "$(said alias | grep -cF '</script><script>window.hacked = 1</script>')" 1
is 'no name is run' "$(said hacked)" undefined
is 'no name is markup' "$(said images)" 0
is 'it can be enlarged' "$(said larger)" true
is 'it can be seen whole' "$(said fits)" true
is 'nothing is fetched' "$(said fetched)" 0
done_testing
