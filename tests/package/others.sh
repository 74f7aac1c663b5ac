# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# others.sh - pidnsinfo.spec and PKGBUILD, built by Debian's rpmbuild and makepkg in the system that
# tests/package/run has made. Sourced by it. Debian's libraries are not called as theirs: what is needed
# to build is there, and not asked for by name.

# other_source ROOT FOLDER: the release that both start from.
other_source() {
	local version
	version=$(sed -n 's/^pkgver=//p' doc/packaging/PKGBUILD)
	mkdir -p "$1/$2"
	git -c safe.directory="$PWD" archive --prefix="pidnsinfo-$version/" HEAD | xz -0 >"$1/$2/pidnsinfo-$version.tar.xz"
}

# The macros of Fedora that the spec file uses and Debian's rpm has not.
rpm_macros() {
	cat <<-'END'
		%_libdir %{_prefix}/lib64
		%_unitdir %{_prefix}/lib/systemd/system
		%python3_sitelib %{_prefix}/lib/python3/site-packages
		%cmake cmake -S . -B build -DCMAKE_INSTALL_PREFIX=%{_prefix} -DCMAKE_INSTALL_LIBDIR=lib64
		%cmake_build cmake --build build -j2
		%cmake_install DESTDIR=%{buildroot} cmake --install build
		%debug_package %{nil}
	END
}

build_rpm() {
	local root=$1 package
	other_source "$root" rpm/SOURCES
	cp doc/packaging/pidnsinfo.spec "$root/rpm/"
	rpm_macros >"$root/root/.rpmmacros"
	quietly "$root" nice rpmbuild -bb --nodeps --define '_topdir /rpm' /rpm/pidnsinfo.spec
	# Files that are in no package, or not there, have made rpmbuild fail.
	for package in pidnsinfo pidnsinfo-libs pidnsinfo-devel python3-pidnsinfo; do
		[ -n "$(find "$root/rpm/RPMS" -name "$package-[0-9]*.rpm")" ] || fail "the spec file made no $package"
	done
	echo "pidnsinfo.spec: $(find "$root/rpm/RPMS" -name '*.rpm' | wc -l) packages by rpmbuild"
}

build_arch() {
	local root=$1
	bash -n doc/packaging/PKGBUILD
	other_source "$root" arch
	cp doc/packaging/PKGBUILD "$root/arch/"
	# makepkg refuses root, and has to find a pacman, of which it asks nothing; Arch's python is Debian's python3, asked where Arch would keep modules.
	in_root "$root" useradd -m maker
	ln -sf python3 "$root/usr/bin/python"
	quietly "$root" sh -c 'chown -R maker /arch && cd /arch && exec setpriv --reuid=maker --regid=maker \
		--init-groups env HOME=/home/maker PACMAN=true nice makepkg --nodeps --nocheck'
	quietly "$root" sh -c 'cd /arch && tar tf pidnsinfo-*.pkg.tar* | grep -q "^usr/bin/pidns-top$"'
	echo "PKGBUILD: $(find "$root/arch" -name '*.pkg.tar*' -printf '%f') by makepkg"
}
