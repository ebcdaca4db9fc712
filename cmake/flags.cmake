# Warnings and hardening. Each flag is probed, because compilers differ (clang 14 lacks some).
include(CheckCCompilerFlag)

add_library(merx_flags INTERFACE)
add_library(merx_hardening INTERFACE)
target_compile_definitions(merx_flags INTERFACE _GNU_SOURCE)
target_include_directories(merx_flags INTERFACE ${CMAKE_SOURCE_DIR}/include)

function(merx_flag_if_known target flag)
  string(MAKE_C_IDENTIFIER "MERX_HAS${flag}" known)
  set(CMAKE_REQUIRED_FLAGS -Werror)
  check_c_compiler_flag(${flag} ${known})
  if(${known})
    target_compile_options(${target} INTERFACE $<$<COMPILE_LANGUAGE:C>:${flag}>)
  endif()
endfunction()

# Structs of the contract grow at their ends, and what an initializer leaves out is zero, which means "as before".
foreach(flag -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror -Wno-unused-const-variable
             -Wno-missing-field-initializers
             -fvisibility=hidden -fno-strict-overflow -fno-strict-aliasing -fno-delete-null-pointer-checks)
  merx_flag_if_known(merx_flags ${flag})
endforeach()

# __FILE__ names the file in the project, wherever it was built.
merx_flag_if_known(merx_flags -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero
               -fzero-call-used-regs=used-gpr -ffunction-sections -fdata-sections)
    merx_flag_if_known(merx_hardening ${flag})
  endforeach()
  # Both as options: definitions would come before -U and be undone by it.
  target_compile_options(merx_hardening INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")
  target_link_libraries(merx_flags INTERFACE merx_hardening)
endif()

if(MERX_SANITIZE)
  set(CMAKE_C_FLAGS "${CMAKE_C_FLAGS} -fsanitize=${MERX_SANITIZE} -fno-omit-frame-pointer")
  set(CMAKE_CXX_FLAGS "${CMAKE_CXX_FLAGS} -fsanitize=${MERX_SANITIZE} -fno-omit-frame-pointer")
  if(MERX_SANITIZE MATCHES "undefined")
    set(CMAKE_C_FLAGS "${CMAKE_C_FLAGS} -fno-sanitize-recover=undefined")
  endif()
endif()

if(MERX_FAULTS)
  target_compile_definitions(merx_flags INTERFACE MERX_FAULTS)
endif()

# A program or plugin file of ours: position independent, read-only relocations, no code on the stack.
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(merx_hardened_link -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
function(merx_program target)
  target_link_libraries(${target} PRIVATE merx_flags)
  target_link_options(${target} PRIVATE ${merx_hardened_link} -Wl,--gc-sections)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_link_options(${target} PRIVATE -Wl,--strip-debug) # lines of the archives that are linked in: a quarter of the file
  endif()
endfunction()
