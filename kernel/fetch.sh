# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# fetch.sh - packages of Debian releases that this machine's apt need not know. Sourced by stock and
# build, which set $cache. apt gets a state of its own, made of the mirror and the keys that the
# machine's configuration names: nothing is installed, and apt's own lists stay as they are.

# How long lists of packages are taken as new.
lists_good_for_min=720

# own_sites: sets main_site and security_site to the mirrors that the machine uses. Without lists, as
# before the first `apt-get update`, the configuration itself is read.
own_sites() {
	local sites
	sites=$({
		# shellcheck disable=SC2016 # apt's own $(…)
		apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null
		cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
			grep -v '^#' | grep -oE '(https?|file|mirror\+[a-z]+)://[^ ]+'
	} | sed 's|/*$||' | awk '!seen[$0]++')
	main_site=$(grep -m 1 -E '/debian$' <<<"$sites") || return 1
	security_site=$(grep -m 1 -E '/debian-security$' <<<"$sites") || security_site=$main_site-security
}

# apt_of SUITE COMMAND...: apt-get or apt-cache, with the state of that suite alone.
apt_of() {
	local state=${cache:?}/apt/$1 command=$2
	shift 2
	"$command" -q -o Dir::State="$state" -o Dir::State::status="$state/status" \
		-o Dir::Cache="$state/cache" -o Dir::Etc::sourcelist="$state/sources.list" \
		-o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts="$state" \
		-o APT::Default-Release= -o APT::Sandbox::User=root -o Acquire::Retries=3 -o APT::Architecture="${arch:-amd64}" \
		-o APT::Architectures="${arch:-amd64}" "$@"
}

# know_suite SUITE: fetch its list of packages, unless there is one that is new enough.
know_suite() {
	local suite=$1 state=$cache/apt/$1 site main_site security_site
	own_sites || return 1
	site=$main_site
	case $suite in *-security) site=$security_site ;; esac
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	touch "$state/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main" \
		>"$state/sources.list.new"
	if ! cmp -s "$state/sources.list.new" "$state/sources.list" ||
		[ -z "$(find "$state/updated" -mmin "-$lists_good_for_min" 2>/dev/null)" ]; then
		mv "$state/sources.list.new" "$state/sources.list"
		say "asking the mirror for the packages of $suite"
		if apt_of "$suite" apt-get update >"$state/update.log" 2>&1; then
			touch "$state/updated"
		else
			# What was known before is better than nothing.
			[ -e "$state/updated" ]
		fi
	fi
}

# packages_of SUITE PATTERN: "VERSION PACKAGE SUITE" of each package whose whole name matches.
packages_of() {
	local names
	mapfile -t names < <(apt_of "$1" apt-cache pkgnames 2>/dev/null | grep -xE "$2")
	[ ${#names[@]} -gt 0 ] || return 0
	apt_of "$1" apt-cache show --no-all-versions "${names[@]}" 2>/dev/null |
		awk -v suite="$1" '
			$1 == "Package:" { name = $2 }
			$1 == "Version:" { print $2, name, suite }'
}

# newest_in PATTERN SUITE...: sets package, version and suite to the newest whose name matches that
# extended regular expression in any of the suites; fails where there is none. Of one version, the
# first by name.
newest_in() {
	local pattern=$1 v p s
	shift
	package=
	for s in "$@"; do
		know_suite "$s" || say "the mirror has no $s"
	done
	while read -r v p s; do
		if [ -z "$package" ] || dpkg --compare-versions "$v" gt "$version"; then
			package=$p
			version=$v
			suite=$s
		fi
	done < <(for s in "$@"; do packages_of "$s" "$pattern"; done | sort -k 2)
	[ -n "$package" ]
}

# download PACKAGE VERSION SUITE DIR: the package's file, into DIR.
download() {
	(cd "$4" && apt_of "$3" apt-get download "$1=$2" >&2)
}
