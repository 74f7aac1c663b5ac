// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-load.c - many tasks, and namespaces that come and go while they are listed. PIDNS_TASKS and
 * PIDNS_ROUNDS in the environment say how many.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm.h"

enum { STACK = 4096, WORKERS = 2, INNER = 10, NAME_LOOKS = 1000 };

static int number_from(const char *name, int fallback)
{
	const char *text = getenv(name);

	return text ? atoi(text) : fallback;
}

static int only_sleep(void *data)
{
	(void)data;
	while (pause() < 0)
		;
	return 0;
}

/* Sleepers that share one memory: all they cost is what the kernel keeps of them. */
static int make_sleepers(void *data)
{
	const struct vm_gate *gate = data;
	int count = number_from("PIDNS_TASKS", 3000), made;
	char *stacks = mmap(NULL, (size_t)count * STACK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	vm_must(stacks != MAP_FAILED, "stacks");
	for (made = 0; made < count; made++)
		if (clone(only_sleep, stacks + (size_t)(made + 1) * STACK, CLONE_VM | SIGCHLD,
			  NULL) < 0)
			break;
	vm_gate_open((struct vm_gate *)gate, made);
	return pause();
}

struct tally {
	uint64_t cookie;
	int tasks, in_one;
	uint64_t last_tid;
	bool disordered;
};

static void tally_task(const struct genl_message *message, void *data)
{
	struct tally *tally = data;
	uint64_t tid = genl_uint(message->attrs[PIDNS_A_TASK_TID]);

	tally->tasks++;
	tally->in_one += genl_uint(message->attrs[PIDNS_A_TASK_NS]) == tally->cookie;
	tally->disordered |= tid <= tally->last_tid;
	tally->last_tid = tid;
}

static void test_many_tasks(void)
{
	int wanted = number_from("PIDNS_TASKS", 3000), fd = vm_socket();
	struct genl_request request;
	struct genl_answer answer;
	struct tally tally = {0};
	struct vm_gate gate;
	struct vm_ns ns;
	pid_t init;

	vm_write("/proc/sys/kernel/pid_max", "4194304");
	vm_write("/proc/sys/kernel/threads-max", "200000");
	vm_gate_init(&gate);
	init = vm_child(CLONE_NEWPID, make_sleepers, &gate);
	check_eq(vm_gate_wait(&gate), wanted);
	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	check_eq(ns.used, wanted + 1);
	check_eq(ns.threads, wanted + 1);
	tally.cookie = ns.cookie;
	genl_begin(&request, vm_family(), PIDNS_CMD_TASK_GET, NLM_F_DUMP);
	check_eq(genl_ask(fd, &request, tally_task, &tally, &answer), 0);
	check_eq(tally.in_one, wanted + 1);
	check(!tally.disordered);
	/* What one recvmsg(2) brings is bounded by its buffer, not by the number of tasks. */
	check(answer.receives >= wanted * 100 / 32768);
	printf("    %d tasks in %d pieces\n", tally.tasks, answer.receives);
	close(fd);
	vm_kill(init);
	check(vm_wait(vm_is_gone, &ns.cookie));
}

static int nest(void *data)
{
	(void)data;
	for (int i = 0; i < INNER; i++)
		vm_sleeper(CLONE_NEWPID);
	return 0;
}

/* Namespaces with namespaces inside that vanish together with them. */
static int create_and_destroy(void *data)
{
	int rounds = number_from("PIDNS_ROUNDS", 2000) / WORKERS / (INNER + 1);

	(void)data;
	for (int i = 0; i < rounds; i++)
		vm_reap(vm_child(CLONE_NEWPID, nest, NULL));
	return 0;
}

struct forest {
	uint64_t cookies[4096];
	int count, bad;
};

static unsigned long objects_told;

static void count_object(const struct genl_message *message, void *data)
{
	(void)message;
	(void)data;
	objects_told++;
}

/* Parents first, and no task twice, whatever goes on. */
static void grow_forest(const struct genl_message *message, void *data)
{
	struct forest *forest = data;
	struct vm_ns ns;
	bool has_parent = forest->count == 0;

	objects_told++;
	vm_ns_parse(message, &ns);
	for (int i = 0; i < forest->count; i++) {
		forest->bad += forest->cookies[i] == ns.cookie;
		has_parent |= forest->cookies[i] == ns.parent;
	}
	forest->bad += !has_parent;
	if (forest->count < 4096)
		forest->cookies[forest->count++] = ns.cookie;
}

static int dump_once(int fd, int cmd, genl_each each, void *data)
{
	struct genl_request request;

	genl_begin(&request, vm_family(), cmd, NLM_F_DUMP);
	genl_send(fd, &request);
	return genl_receive_sized(fd, 4096, each, data, NULL);
}

static bool is_alone(void *data)
{
	struct vm_ns *list;
	int count;

	check_eq(vm_ns_dump(&list, &count), 0);
	free(list);
	return count == *(int *)data;
}

static void test_coming_and_going(void)
{
	static struct forest forest;
	int fd = vm_socket(), dumps = 0, before, bad = 0;
	struct vm_ns *list;
	pid_t workers[WORKERS];

	check_eq(vm_ns_dump(&list, &before), 0);
	free(list);
	for (int i = 0; i < WORKERS; i++)
		workers[i] = vm_child(0, create_and_destroy, NULL);
	while (waitpid(workers[0], NULL, WNOHANG) == 0) {
		forest.count = forest.bad = 0;
		check_eq(dump_once(fd, PIDNS_CMD_NS_GET, grow_forest, &forest), 0);
		check_eq(dump_once(fd, PIDNS_CMD_TASK_GET, count_object, NULL), 0);
		check_eq(dump_once(fd, PIDNS_CMD_PIDMAP_GET, count_object, NULL), 0);
		bad += forest.bad;
		dumps++;
	}
	for (int i = 1; i < WORKERS; i++)
		check_eq(vm_reap(workers[i]), 0);
	check_eq(bad, 0);
	check(dumps > 0);
	printf("    %d dumps of each kind, %lu objects told\n", dumps, objects_told);
	close(fd);
	check(vm_wait(is_alone, &before));
}

/* As long as the kernel lets a name be, and as long as it first is in an exec(2). */
static const char long_name[] = "/tmp/a-name-that-is-cut-off";
static const char exec_again[] = "--exec-again";

static int exec_for_ever(void *data)
{
	(void)data;
	execl(long_name, long_name, exec_again, NULL);
	return 1;
}

static bool copy_self(void)
{
	return !system("cp /proc/$PPID/exe /tmp/a-name-that-is-cut-off");
}

struct name_seen {
	uint64_t tid;
	int cut, odd;
};

/* Either the one or the other, or some of both; in any case a string of at most 15 bytes. */
static void look_at_name(const struct genl_message *message, void *data)
{
	struct name_seen *seen = data;
	const struct nlattr *comm = message->attrs[PIDNS_A_TASK_COMM];
	size_t len = comm ? comm->nla_len - NLA_HDRLEN : 0;

	if (genl_uint(message->attrs[PIDNS_A_TASK_TID]) != seen->tid)
		return;
	if (len < 2 || len > 16 || strlen(genl_string(comm)) != len - 1)
		seen->odd++;
	else
		seen->cut += !strcmp(genl_string(comm), "a-name-that-is-");
}

static void test_names_in_exec(void)
{
	struct genl_request request;
	struct name_seen seen = {0};
	int fd = vm_socket();
	uint32_t facts = PIDNS_TASK_FACTS_COMM;
	pid_t pid;

	vm_must(copy_self(), "a copy of this program");
	pid = vm_child(0, exec_for_ever, NULL);
	seen.tid = (uint64_t)pid;
	for (int i = 0; i < NAME_LOOKS; i++) {
		genl_begin(&request, vm_family(), PIDNS_CMD_TASK_GET, 0);
		genl_put_uint(&request, PIDNS_A_TASK_TID, (uint64_t)pid);
		genl_put(&request, PIDNS_A_TASK_FACTS, &facts, sizeof(facts));
		if (!check_eq(genl_ask(fd, &request, look_at_name, &seen, NULL), 0))
			break;
	}
	check(seen.cut > 0);
	check_eq(seen.odd, 0);
	vm_kill(pid);
	unlink(long_name);
	close(fd);
}

static const struct vm_test tests[] = {
	{"K14 many tasks are listed, in pieces", test_many_tasks},
	{"namespaces come and go under a running dump", test_coming_and_going},
	{"a name that an exec is changing is whole", test_names_in_exec},
};

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], exec_again))
		return exec_for_ever(NULL);
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
