# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# common.sh - what ./try and ./check share: installing the packages of packages.txt, and running
# something slow so that its log is kept and its progress is seen. Sourced from the top folder.

# release_name: of this Debian, as packages.txt has it: "bookworm". Unstable has that of testing.
release_name() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# packages_of SECTION...: the packages of those sections for this release, one a line.
packages_of() {
	awk -v sections=" $* " -v release=" $(release_name) " '
		/^# section:/ { wanted = index(sections, " " $3 " "); next }
		{
			sub(/#.*/, "")
			package = $1
			is_not = sub(/\[!/, "[")
			is_all = !sub(/.*\[/, " ")
			sub(/\].*/, " ")
		}
		wanted && package && (is_all || is_not == !index($0, release)) { print package }
	' packages.txt
}

# missing_packages SECTION...: those of them that are not installed.
missing_packages() {
	packages_of "$@" | while read -r package; do
		dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
			echo "$package"
	done
}

# install_packages LOG SECTION...: asks apt only when something is missing. Elsewhere than on
# Debian the build says itself what it lacks.
install_packages() {
	local log=$1 missing root=()
	shift
	if ! command -v dpkg-query >/dev/null; then
		echo "This is not Debian: packages.txt names, as Debian does, what must be installed."
		return 0
	fi
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ]; then
		if ! command -v sudo >/dev/null; then
			echo "As root, install first: apt-get install ${missing[*]}" >&2
			return 1
		fi
		root=(sudo)
		[ -t 0 ] || root+=(-n)
	fi
	# Ask for the password here, where it can be seen, and not behind the log.
	[ ${#root[@]} = 0 ] || "${root[@]}" true || return 1
	run_logged "install ${#missing[@]} packages" "$log" \
		apt_install "${missing[@]}"
}

# Called by install_packages only, whose `root` it reads. A mirror that cannot be asked for news
# may still have everything in its cache: only a failed install is a failure.
apt_install() {
	local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q
		-o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)

	"${apt[@]}" update || echo "apt-get update failed; trying with the lists there are"
	"${apt[@]}" install -y --no-install-recommends "$@"
}

# run_logged TITLE LOG COMMAND...: its output goes to LOG. On a terminal one line shows what it is
# doing; elsewhere a line a quarter of a minute. When it fails, the end of the log is shown.
run_logged() {
	local title=$1 log=$2 began=$SECONDS ticker status=0
	shift 2
	mkdir -p "$(dirname "$log")"
	: >"$log"
	[ -t 1 ] || echo "- $title"
	show_progress "$title" "$log" &
	ticker=$!
	"$@" >>"$log" 2>&1 </dev/null || status=$?
	kill "$ticker" 2>/dev/null
	wait "$ticker" 2>/dev/null || true
	[ ! -t 1 ] || printf '\r\033[K'
	if [ "$status" = 0 ]; then
		echo "  $title: $((SECONDS - began)) s"
	else
		tail -n 400 "$log"
		echo "  $title: FAILED after $((SECONDS - began)) s; all of it is in $log"
	fi
	return "$status"
}

# The loop behind run_logged, ended by its SIGTERM.
show_progress() {
	local title=$1 log=$2 began=$SECONDS every=15 last never
	[ ! -t 1 ] || every=1
	# A pipe nobody writes to: read's timeout is a sleep without a child process.
	exec {never}<> <(:)
	while true; do
		read -r -t "$every" -u "$never"
		last=$(tail -n 1 "$log" | tr -cd '[:print:]')
		if [ -t 1 ]; then
			printf '\r\033[K  %s: %d s  %.*s' "$title" $((SECONDS - began)) \
				$((${COLUMNS:-80} - ${#title} - 14)) "$last"
		else
			printf '    %d s  %.90s\n' $((SECONDS - began)) "$last"
		fi
	done
}
