# Third-party libraries, linked statically; only libc (and libm, libdl, libpthread, which are part of it) stay dynamic.
function(merx_static_library target header archive)
  find_path(${target}_INCLUDE ${header} REQUIRED)
  find_library(${target}_ARCHIVE ${archive} REQUIRED)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE ${${target}_INCLUDE})
  target_link_libraries(${target} INTERFACE ${${target}_ARCHIVE})
endfunction()

find_package(Threads REQUIRED)
merx_static_library(lib_lmdb lmdb.h liblmdb.a)
merx_static_library(lib_event event2/event.h libevent_core.a)
merx_static_library(lib_event_threads event2/thread.h libevent_pthreads.a)
merx_static_library(lib_sodium sodium.h libsodium.a)

# Debian closed holes in libevent with this revision; most stood in its HTTP server, which Merx does not use. tools/setup
# fetches it; whoever builds without is told. A machine without dpkg-query answers for its libevent itself.
set(libevent_oldest 2.1.12-stable-8+deb12u1)
find_program(DPKG dpkg)
find_program(DPKG_QUERY dpkg-query)
if(DPKG AND DPKG_QUERY)
  execute_process(COMMAND ${DPKG_QUERY} -W -f "\${Version}" libevent-dev OUTPUT_VARIABLE libevent_version ERROR_QUIET)
  if(libevent_version)
    execute_process(COMMAND ${DPKG} --compare-versions ${libevent_version} ge ${libevent_oldest} RESULT_VARIABLE libevent_is_old)
    if(libevent_is_old)
      message(WARNING "libevent-dev ${libevent_version} is older than ${libevent_oldest}, the first with the security fixes. "
                      "List Debian's security archive and run apt-get update && apt-get install libevent-dev.")
    endif()
  endif()
endif()
find_path(lib_lua_INCLUDE lua.h PATH_SUFFIXES lua5.4 REQUIRED)
find_library(lib_lua_ARCHIVE liblua5.4.a REQUIRED)
add_library(lib_lua INTERFACE)
target_include_directories(lib_lua SYSTEM INTERFACE ${lib_lua_INCLUDE})
target_link_libraries(lib_lua INTERFACE ${lib_lua_ARCHIVE} m dl)
target_link_libraries(lib_event INTERFACE ${lib_event_threads_ARCHIVE} Threads::Threads)

# llhttp comes as C sources; they are a target of their own without our warnings, but hardened like our own.
find_path(lib_llhttp_INCLUDE llhttp.h PATH_SUFFIXES llhttp HINTS /usr/share/include/llhttp REQUIRED)
find_path(lib_llhttp_SOURCES llhttp.c HINTS /usr/share/llhttp REQUIRED)
add_library(lib_llhttp STATIC ${lib_llhttp_SOURCES}/llhttp.c ${lib_llhttp_SOURCES}/http.c ${lib_llhttp_SOURCES}/api.c)
target_include_directories(lib_llhttp SYSTEM PUBLIC ${lib_llhttp_INCLUDE})
target_compile_options(lib_llhttp PRIVATE -w)
target_link_libraries(lib_llhttp PRIVATE merx_hardening)
