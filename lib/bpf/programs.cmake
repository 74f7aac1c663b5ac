# SPDX-License-Identifier: LGPL-2.1-or-later

# The kernel's half of the provider "bpf": compiled for BPF by clang, whatever compiles the rest,
# and made into a header by bpftool. Nothing of the kernel that runs here goes into it. Without
# these tools the provider is there all the same, and says that it was left out.
find_program(PIDNS_BPF_CLANG NAMES clang clang-14 clang-15 clang-16 clang-17 clang-18 clang-19)
find_program(PIDNS_BPFTOOL bpftool PATHS /usr/sbin /sbin)
find_path(PIDNS_BPF_HEADERS bpf/skel_internal.h)
mark_as_advanced(PIDNS_BPF_CLANG PIDNS_BPFTOOL PIDNS_BPF_HEADERS)

if(PIDNS_BPF AND PIDNS_BPF_CLANG AND PIDNS_BPFTOOL AND PIDNS_BPF_HEADERS)
	file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/bpf/programs/*.h)
	file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/skeleton)
	set(skeletons)
	# bpf_skeleton(NAME AS SOURCE FLAG...): skeleton/NAME.lskel.h, whose functions begin with AS. BTF is part of
	# what is installed: no path of the build is in it, so that builds anywhere are the same bytes.
	function(bpf_skeleton name as file)
		set(source ${CMAKE_CURRENT_SOURCE_DIR}/bpf/programs/${file})
		set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
		set(skeleton ${CMAKE_CURRENT_BINARY_DIR}/skeleton/${name}.lskel.h)
		add_custom_command(OUTPUT ${object}
			COMMAND ${PIDNS_BPF_CLANG} -target bpf -mcpu=v3 -O2 -g -ffreestanding
				-Wall -Wextra -Werror -Wno-unused-parameter
				-fdebug-prefix-map=${CMAKE_CURRENT_SOURCE_DIR}/bpf/programs=.
				-fdebug-compilation-dir=.
				-I${CMAKE_CURRENT_SOURCE_DIR}/bpf/programs
				-idirafter ${PIDNS_BPF_HEADERS} ${ARGN}
				-c ${source} -o ${object}
			DEPENDS ${source} ${headers}
			VERBATIM)
		add_custom_command(OUTPUT ${skeleton}
			COMMAND ${PIDNS_BPFTOOL} gen skeleton -L ${object} name ${as} > ${skeleton}
			DEPENDS ${object}
			VERBATIM)
		set(skeletons ${skeletons} ${skeleton} PARENT_SCOPE)
	endfunction()
	bpf_skeleton(pidns pidns_bpf pidns.bpf.c)
	bpf_skeleton(held pidns_held held.bpf.c)
	# Registers and names of system calls are of an architecture.
	set(architecture)
	if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
		set(architecture -D__TARGET_ARCH_x86 -DSYS_UNSHARE="__x64_sys_unshare")
	else()
		set(architecture -D__TARGET_ARCH_arm64 -DSYS_UNSHARE="__arm64_sys_unshare")
	endif()
	bpf_skeleton(events pidns_events events.bpf.c ${architecture})
	bpf_skeleton(refused pidns_refused_bpf refused.bpf.c ${architecture})
	add_custom_target(pidns-skeleton DEPENDS ${skeletons})
	add_dependencies(pidnsinfo-objects pidns-skeleton)
	target_sources(pidnsinfo-objects PRIVATE bpf/load.c bpf/provider.c
		bpf/events/attach.c bpf/events/source.c)
	set_property(SOURCE providers.c APPEND PROPERTY COMPILE_DEFINITIONS HAVE_BPF)
	target_include_directories(pidnsinfo-objects SYSTEM PRIVATE
		${CMAKE_CURRENT_BINARY_DIR}/skeleton)
else()
	if(PIDNS_BPF)
		message(WARNING "provider \"bpf\" is left out: it needs clang, bpftool and libbpf-dev")
	endif()
endif()
