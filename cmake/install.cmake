# cmake --install: the program with its plugins beside it, the contract for partners, what a service needs. `merx plugin new`
# finds the headers from there.
include(GNUInstallDirs)
install(TARGETS merx RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(MERX_PLUGINS STREQUAL "shared")
  foreach(name ${MERX_PLUGIN_NAMES})
    install(TARGETS plugin_${name}_so LIBRARY DESTINATION ${CMAKE_INSTALL_BINDIR}/plugins)
  endforeach()
endif()
install(DIRECTORY include/merx DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES README.md packaging/merx.conf packaging/merx.service DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES include/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME partners.md)
