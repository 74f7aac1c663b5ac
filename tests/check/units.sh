#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The systemd units are without a fault, and leave the services little to do harm with.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"
need systemd-analyze scdoc

root=$scratch/root
DESTDIR=$root cmake --install "$PIDNS_BUILD" >/dev/null
units=$(dirname "$(find "$root" -name pidns-metrics.timer)")
# What the units of every machine refer to.
mkdir -p "$root/etc" "$root/usr/lib/systemd/system"
cp -r /usr/lib/systemd/system/{sysinit,basic,shutdown,sockets,timers,network,multi-user}.target \
	"$root/usr/lib/systemd/system/"
for unit in pidns-metrics.service pidns-metrics.timer pidns-exporter.service pidns-exporter.socket; do
	said=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no --recursive-errors=no \
		--root="$root" "$units/$unit" 2>&1) || fail "$unit: $said"
	[ -z "$said" ] || fail "$unit: $said"
done
# 10 is no protection at all, and what may look at every process has at least 2.
for unit in pidns-metrics.service pidns-exporter.service; do
	exposure=$(systemd-analyze security --offline=true --root="$root" --no-pager "$unit" |
		sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
	[ -n "$exposure" ] || fail "$unit: systemd-analyze does not say how exposed it is"
	echo "$unit: exposure $exposure"
	awk -v e="$exposure" 'BEGIN { exit !(e <= 3.5) }' || fail "$unit: exposure $exposure"
done
