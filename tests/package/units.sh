# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# units.sh - the units of the packages, run by a systemd that is booted in a container of systemd-nspawn: the
# timer writes what the node exporter then serves, and the socket starts the exporter. Sourced by
# tests/package/run.
: "${scratch:?}"

# in_units COMMAND...: in the booted container, all of its namespaces.
in_units() {
	nsenter --target "$leader" --all -- env PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}

# soon WHAT COMMAND...: again and again until it succeeds.
soon() {
	local what=$1 last=$((SECONDS + 180))
	shift
	until "$@" >>"$scratch/log" 2>&1; do
		[ $SECONDS -lt $last ] || fail "$what: $(tail -n 40 "$scratch/log" "$scratch/boot")"
		sleep 0.5
	done
}

is_booted() {
	read -r leader <"/proc/$nspawn/task/$nspawn/children"
	[ -n "$leader" ] && in_units systemctl is-active multi-user.target
}

# served PORT TEXT: what is said there has it.
served() {
	# shellcheck disable=SC2016 # Python's
	nsenter --target "$leader" --net -- /usr/bin/python3 -c 'import sys, urllib.request as u
said = u.urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics").read().decode()
sys.exit(sys.argv[2] not in said)' "$1" "$2"
}

stop_units() {
	[ -z "${leader-}" ] || kill -KILL "$leader" 2>/dev/null || true
	[ -z "${nspawn-}" ] || wait "$nspawn" 2>/dev/null || true
	# What nspawn makes of its caller's cgroup, and leaves.
	find /sys/fs/cgroup -depth -type d \( -path '*/payload/*' -o -name payload -o -name supervisor \) \
		-exec rmdir {} + 2>/dev/null || true
	leader='' nspawn=''
}

try_units() {
	local root=$1 unit
	quietly "$root" sh -c "apt-get install -y -q --no-install-recommends systemd-sysv prometheus-node-exporter \
		/one/libpidnsinfo0_*.deb /one/pidns-tools_*.deb"
	# The machine may have cgroups of both kinds, of which newer systemd wants the second alone.
	SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --register=no --keep-unit --quiet --directory="$root" \
		--machine=pidns-units --private-network --console=pipe --boot </dev/null >"$scratch/boot" 2>&1 &
	nspawn=$!
	trap 'stop_units; rm -rf "$scratch"' EXIT
	: >"$scratch/log"
	soon "it does not boot" is_booted
	for unit in pidns-metrics.timer pidns-exporter.socket; do
		! in_units systemctl -q is-enabled "$unit" || fail "$unit is enabled before it is asked for"
	done
	in_units systemctl -q enable --now pidns-metrics.timer pidns-exporter.socket
	soon "the exporter does not answer" served 9836 'pidns_namespaces{state="alive"} 1'
	soon "the timer's service leaves nothing" served 9100 'pidns_namespaces{state="alive"} 1'
	# Again, without being asked.
	in_units rm /var/lib/prometheus/node-exporter/pidns.prom
	soon "the timer does not come again" in_units test -s /var/lib/prometheus/node-exporter/pidns.prom
	[ -z "$(in_units systemctl --failed --plain --no-legend)" ] || fail "$(in_units systemctl --failed --no-pager)"
	stop_units
	trap 'rm -rf "$scratch"' EXIT
	echo "units: run by systemd $(in_root "$root" systemctl --version | sed -n '1s/.*(\(.*\))/\1/p')"
}
