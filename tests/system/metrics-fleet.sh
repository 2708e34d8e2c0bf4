#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016
# A fleet: three hosts, each a node-exporter with a directory that `procns metrics --textfile` writes to; Prometheus scrapes them and
# evaluates the packaged rules, with hours made seconds. On one host namespaces leak; the alert fires for that one and no other.
# All in a network namespace of its own, by Debian's packages, unpacked and not installed.

TEST_SECONDS=180
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/lib/unpacked.sh
. "$top/tests/lib/unpacked.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"
for tool in curl python3; do command -v $tool >/dev/null || skip_all "no $tool here"; done
packaging=$top/packaging
if [ -z "${FLEET_TOOLS:-}" ]; then
	unpacked prometheus prometheus-node-exporter || skip_all "$WHY"
	export FLEET_TOOLS=$UNPACKED/usr/bin
	exec unshare --net -- "$(readlink -f -- "$0")"
fi
ip link set lo up
tools=$FLEET_TOOLS

check "promtool check rules" "$tools/promtool" check rules "$packaging/prometheus/procns.rules.yml"
check "promtool test rules: which series make each alert, and which do not" "$tools/promtool" test rules "$packaging/prometheus/procns.rules.test.yml"
check "every metric of the dashboard is one that procns or a rule makes" sh -c '
	grep -o "procns[_:][a-z_:]*" "$1" | sort -u | while read -r name; do
		"$2" metrics 2>/dev/null | grep -q "^$name[{ ]" || grep -q "record: $name$" "$3" || { echo "$name"; exit 1; }
	done' sh "$packaging/grafana/procns.json" "$PROCNS" "$packaging/prometheus/procns.rules.yml"
check "the dashboard is JSON" python3 -m json.tool "$packaging/grafana/procns.json" "$work/dashboard"

# Hours become seconds: the durations are all that is changed.
sed 's/\[1h\]/[4s]/g; s/offset 1h/offset 4s/g; s/for: [0-9]*m$/for: 1s/' "$packaging/prometheus/procns.rules.yml" >"$work/rules.yml"
cat >"$work/prometheus.yml" <<END
global: { scrape_interval: 500ms, evaluation_interval: 500ms, scrape_timeout: 500ms }
rule_files: [ "$work/rules.yml" ]
scrape_configs:
  - job_name: node
    static_configs: [ { targets: [ "127.0.0.1:9101", "127.0.0.1:9102", "127.0.0.1:9103" ] } ]
END
check "promtool check config" "$tools/promtool" check config "$work/prometheus.yml"

exporters=()
for n in 1 2 3; do
	mkdir "$work/host$n"
	"$tools/prometheus-node-exporter" --web.listen-address=127.0.0.1:910$n --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$work/host$n" >"$work/exporter$n" 2>&1 &
	exporters+=($!)
done
"$tools/prometheus" --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address=127.0.0.1:9190 \
	--log.level=warn >"$work/prometheus.log" 2>&1 &
at_exit end "${exporters[@]}" $!

ask() { curl -fsS --max-time 5 --get "http://127.0.0.1:9190/api/v1/query" --data-urlencode "query=$1"; }
# "instance type" of each series that the query gives
series_of() {
	ask "$1" | python3 -c 'import json, sys
for r in json.load(sys.stdin)["data"]["result"]: print(r["metric"].get("instance"), r["metric"].get("type"))' | sort -u
}
# What the machine has belongs to all three, and what other tests do to it would be a leak on each. So of orphans only those of the
# one type that leaks here are the leaking host's; the others see the machine as it was at first.
write_host() { procns metrics --textfile "$work/host$1/procns.prom" 2>/dev/null; }
for n in 1 2 3; do write_host $n; done
up() { [ "$(series_of 'procns_namespaces{type="net"}' | wc -l)" = 3 ] && [ "$(series_of 'procns:orphan_namespaces:sum' | wc -l)" -ge 3 ]; }
check "three hosts are scraped, and the rules are evaluated" eventually 30 up
is "node-exporter takes the file whole" "$(ask 'sum(node_textfile_scrape_error)' | grep -o '"[01]"')" '"0"'
quiet() { [ -z "$(series_of 'ALERTS{alertname="NamespaceLeak"}')" ]; }
check "nobody leaks yet" quiet

# Five more namespaces at each step, each held by a descriptor that nobody closes; the other hosts report, too.
firing() { [ -n "$(series_of 'ALERTS{alertname="NamespaceLeak",alertstate="firing"}')" ]; }
cp "$work/host1/procns.prom" "$work/healthy"
leaks=0
end_of_leak=$((SECONDS + 60))
until firing || [ $SECONDS -gt $end_of_leak ]; do
	hold many 5 uts fd || break
	leaks=$((leaks + 5))
	write_host 2
	for n in 1 3; do cp "$work/healthy" "$work/host$n/.new" && mv "$work/host$n/.new" "$work/host$n/procns.prom"; done
done
check "the alert fires" firing
is "for the host that leaks and no other" "$(series_of 'ALERTS{alertname="NamespaceLeak",alertstate="firing"}' | grep uts)" "127.0.0.1:9102 uts"
is "no healthy host has any" "$(series_of 'ALERTS{alertname="NamespaceLeak"}' | grep -c ':910[13] ')" 0
is "and nobody's limit is near" "$(series_of 'ALERTS{alertname="NamespaceLimitNear"}')" ""
[ "$tap_failed" -eq 0 ] || diag "$(tail -n 20 "$work/prometheus.log" "$work"/exporter*)"
diag "$leaks namespaces leaked until then"
done_testing
