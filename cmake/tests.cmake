# tests/unit/<room>/test_<file>.c: one program each, linked with that room and what it stands on. <room> may be a plugin:
# its pure parts need nothing else; the JSON room is there for tests that read and write what crosses the contract.
file(GLOB unit_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/*/test_*.c)
foreach(source ${unit_tests})
  get_filename_component(file ${source} NAME_WE)
  get_filename_component(folder ${source} DIRECTORY)
  get_filename_component(room ${folder} NAME)
  if(TARGET room_${room})
    set(under_test room_${room})
  elseif(TARGET plugin_${room})
    set(under_test plugin_${room} room_json)
  else()
    message(FATAL_ERROR "${source} mirrors neither a room nor a plugin")
  endif()
  set(name unit_${room}_${file})
  add_executable(${name} ${source})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/kernel ${CMAKE_SOURCE_DIR}/plugins)
  target_link_libraries(${name} PRIVATE merx_flags ${under_test})
  target_compile_definitions(${name} PRIVATE MERX_TESTS_DIR="${CMAKE_SOURCE_DIR}/tests")
  if(room STREQUAL "app")
    merx_use_plugins(${name})
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
endforeach()

# tests/fuzz/fuzz_<what>.c: programs with their own main that take a number of seconds.
file(GLOB fuzzers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
find_library(JANSSON_LIBRARY jansson)
foreach(source ${fuzzers})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/kernel)
  target_link_libraries(${name} PRIVATE merx_flags room_json room_net room_script)
  target_compile_definitions(${name} PRIVATE MERX_TESTS_DIR="${CMAKE_SOURCE_DIR}/tests")
  if(JANSSON_LIBRARY)
    target_link_libraries(${name} PRIVATE ${JANSSON_LIBRARY})
  endif()
endforeach()

# A peer of TLS for the system tests.
add_executable(tls_peer ${CMAKE_SOURCE_DIR}/tests/support/tls_peer.c)
target_link_libraries(tls_peer PRIVATE merx_flags room_net)

# tests/faults: every allocation and every call that changes a file goes through tests/faults/wrap.c.
add_executable(faults ${CMAKE_SOURCE_DIR}/tests/faults/faults.c ${CMAKE_SOURCE_DIR}/tests/faults/script.c
                      ${CMAKE_SOURCE_DIR}/tests/faults/script_backup.c
                      ${CMAKE_SOURCE_DIR}/tests/faults/wrap.c)
target_include_directories(faults PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_link_libraries(faults PRIVATE merx_flags room_app)
merx_use_plugins(faults)
foreach(call malloc calloc realloc free aligned_alloc posix_memalign strdup strndup write pwrite writev pwritev fdatasync fsync
             ftruncate rename open openat)
  target_link_options(faults PRIVATE -Wl,--wrap=${call})
endforeach()

# tests/carts: random carts through the pricing engine, as many as one asks for.
add_executable(carts ${CMAKE_SOURCE_DIR}/tests/carts/carts.c ${CMAKE_SOURCE_DIR}/tests/carts/judge.c)
target_include_directories(carts PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/plugins)
target_link_libraries(carts PRIVATE merx_flags plugin_promotions)
add_test(NAME carts COMMAND carts --carts 200000)
set_tests_properties(carts PROPERTIES LABELS carts TIMEOUT 600)

# tools/benchmarks: programs of tools/bench.
add_executable(bench_load EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tools/benchmarks/load.c)
target_link_libraries(bench_load PRIVATE merx_flags)
add_executable(bench_bare EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tools/benchmarks/bare.c)
target_link_libraries(bench_bare PRIVATE room_app)
merx_use_plugins(bench_bare)
merx_program(bench_bare)
add_executable(bench_rules EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tools/benchmarks/rules.c)
target_link_libraries(bench_rules PRIVATE room_script)
add_executable(bench_offers EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tools/benchmarks/offers.c)
target_include_directories(bench_offers PRIVATE ${CMAKE_SOURCE_DIR}/kernel ${CMAKE_SOURCE_DIR}/plugins)
target_link_libraries(bench_offers PRIVATE merx_flags room_script room_json plugin_promotions)

# tests/abi: frozen sample plugins.
add_subdirectory(${CMAKE_SOURCE_DIR}/tests/abi ${CMAKE_BINARY_DIR}/abi-build)

include(cmake/checks.cmake)
