/* The program: one function for each word of the command line. The only room that names every other one. */
#ifndef APP_APP_H
#define APP_APP_H

/* Exit codes. */
#define APP_OK      0
#define APP_FAILED  1  /* refused or failed; the message says why */
#define APP_USAGE   2  /* the command line makes no sense */
#define APP_STORAGE 75 /* the storage failed: nothing more was acknowledged */

/* argv[0] is the word itself. */
int app_cmd_init(int argc, char **argv);
int app_cmd_serve(int argc, char **argv);
int app_cmd_call(int argc, char **argv);
int app_cmd_ops(int argc, char **argv);
int app_cmd_verify(int argc, char **argv);
int app_cmd_dump(int argc, char **argv);
int app_cmd_plugin(int argc, char **argv);
int app_cmd_licenses(int argc, char **argv);
int app_cmd_doctor(int argc, char **argv);
int app_cmd_backup(int argc, char **argv);
int app_cmd_restore(int argc, char **argv);
int app_cmd_rules(int argc, char **argv);

/* Before anything else: descriptors 0 to 2 are open, new files are private, a closed pipe is an error and no death. */
void app_prepare_process(void);

#endif
