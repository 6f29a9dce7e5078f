/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The init of a guest that somebody types in: mounts what there is to look at,
 * loads the test module, runs busybox's shell on the console and powers off when
 * the shell ends. Nothing that happens here makes a verdict.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../init/default_pool.h"

#define BUSYBOX "/busybox"
#define MODULE "/cmalab.ko"
#define TESTS "/tests"
#define EXIT_NO_PROGRAM 127
#define EXIT_USAGE 64
#define SYSLOG_ACTION_CONSOLE_LEVEL 8
#define WARNINGS_AND_WORSE 5

static const char *const mount_points[][2] = {
	{ "devtmpfs", "/dev" }, { "proc", "/proc" },
	{ "sysfs", "/sys" },	{ "debugfs", "/sys/kernel/debug" },
	{ "tmpfs", "/tmp" },
};

#define MOUNT_POINTS (sizeof mount_points / sizeof mount_points[0])

/* A kernel may lack one of them: the shell is of use all the same. */
static void mount_all(void)
{
	for (size_t i = 0; i < MOUNT_POINTS; i++) {
		const char *type = mount_points[i][0], *path = mount_points[i][1];

		if ((mkdir(path, 0755) < 0 && errno != EEXIST) ||
		    mount(type, path, type, 0, NULL) < 0)
			fprintf(stderr, "%s: %s\n", path, strerror(errno));
	}
}

static void load_module(void)
{
	struct default_pool pool = { 0, 0 };
	char parameters[96];
	int descriptor = open(MODULE, O_RDONLY | O_CLOEXEC);

	/* A kernel of the user's own has no module of ours. */
	if (descriptor < 0)
		return;
	find_default_pool(&pool);
	snprintf(parameters, sizeof parameters,
		 "default_base=0x%" PRIx64 " default_size=0x%" PRIx64, pool.base, pool.size);
	if (syscall(SYS_finit_module, descriptor, parameters, 0) < 0)
		fprintf(stderr, MODULE ": %s\n", strerror(errno));
	else
		printf("cmalab.ko is loaded: %s\n", parameters);
	close(descriptor);
}

/* Runs a program to its end. */
static void run(char *const arguments[])
{
	pid_t child = fork();

	if (child == 0) {
		execv(BUSYBOX, arguments);
		_exit(EXIT_NO_PROGRAM);
	}
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

/* /dev/console cannot be a controlling terminal, what is behind it can. */
static int open_terminal(void)
{
	static char path[64] = "/dev/";
	char names[sizeof path - sizeof "/dev/"] = "";
	FILE *active = fopen("/sys/class/tty/console/active", "re");
	const char *last = names;
	int terminal;

	if (active) {
		if (fgets(names, sizeof names, active))
			for (char *name = strtok(names, " \n"); name; name = strtok(NULL, " \n"))
				last = name;
		fclose(active);
	}
	strcat(path, last);
	terminal = open(path, O_RDWR | O_CLOEXEC);
	return terminal < 0 ? open("/dev/console", O_RDWR | O_CLOEXEC) : terminal;
}

/* A serial line has no size of its own; the kernel hands its own words NAME=VALUE to init. */
static void set_size(int terminal)
{
	const char *columns = getenv("COLUMNS"), *lines = getenv("LINES");
	struct winsize size = { 0 };

	if (!columns || !lines)
		return;
	size.ws_col = (unsigned short)strtoul(columns, NULL, 10);
	size.ws_row = (unsigned short)strtoul(lines, NULL, 10);
	ioctl(terminal, TIOCSWINSZ, &size);
}

static void become_shell(void)
{
	int terminal;

	setsid();
	terminal = open_terminal();
	if (terminal < 0)
		_exit(EXIT_NO_PROGRAM);
	ioctl(terminal, TIOCSCTTY, 1);
	set_size(terminal);
	unsetenv("COLUMNS");
	unsetenv("LINES");
	setenv("HOME", "/", 1);
	setenv("PATH", "/bin:/", 1);
	/* Not \w, which BusyBox 1.37 shows as ~ at home, and this one's home is all there is. */
	setenv("PS1", "guest:$PWD# ", 1);
	for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
		dup2(terminal, stream);
	execl(BUSYBOX, "sh", (char *)NULL);
	_exit(EXIT_NO_PROGRAM);
}

/* Init is everybody's parent in the end. */
static void wait_for(pid_t shell)
{
	int status = 0;
	pid_t ended;

	if (shell < 0)
		return;
	do
		ended = wait(&status);
	while (ended != shell && (ended >= 0 || errno == EINTR));
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PROGRAM)
		fprintf(stderr, "the shell ended with %d\n", EXIT_NO_PROGRAM);
}

int main(void)
{
	static char *const install[] = { "busybox", "--install", "-s", "/bin", NULL };
	pid_t shell;

	if (getpid() != 1) {
		fputs("this is a guest's init: it powers the machine off\n", stderr);
		return EXIT_USAGE;
	}
	mount_all();
	if (mkdir("/bin", 0755) < 0)
		perror("/bin");
	run(install);
	load_module();
	/* What the kernel says of less weight would only come between the typed lines. */
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, WARNINGS_AND_WORSE);
	printf("\n%sexit powers the guest off; Ctrl-A x ends it at once.\n",
	       access(TESTS, X_OK) < 0 ? "" : "'tests NAME' runs a test, 'tests' lists them. ");
	fflush(stdout);

	shell = fork();
	if (shell == 0)
		become_shell();
	wait_for(shell);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
