// SPDX-License-Identifier: GPL-2.0-or-later
/* listen.c - metrics over HTTP: GET /metrics and nothing else, by libmicrohttpd. */
#include "metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/message.h"

/* Bounds for whatever connects: nothing that a client does costs more than these. */
#define CONNECTIONS_MAX	   64
#define CONNECTION_MEMORY  8192u
#define CONNECTION_SECONDS 5u
#define ROUNDS_AT_REST	   3u

#define PASSED_FD 3 /* sd_listen_fds(3) */
#define BACKLOG	  64

static volatile sig_atomic_t is_stopped;

static void stop(int signal)
{
	(void)signal;
	is_stopped = 1;
}

/* ---- answers ---------------------------------------------------------------------------------- */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
			      const char *type, char *text, size_t len,
			      enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(len, text, mode);
	enum MHD_Result r;

	if (!response) {
		if (mode == MHD_RESPMEM_MUST_FREE)
			free(text);
		return MHD_NO;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	r = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return r;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned int status,
			      const char *sentence)
{
	return answer(connection, status, "text/plain; charset=utf-8", (char *)(uintptr_t)sentence,
		      strlen(sentence), MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result answer_metrics(const struct metrics *metrics,
				      struct MHD_Connection *connection)
{
	char *text = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);
	int r;

	if (!file)
		return MHD_NO;
	r = metrics_write(metrics, file);
	if (fclose(file) < 0 || r) {
		free(text);
		return refuse(connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
			      "No snapshot; the log says why.\n");
	}
	return answer(connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text,
		      len, MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *body,
				  size_t *body_len, void **is_begun)
{
	static char begun;
	bool is_read = !strcmp(method, MHD_HTTP_METHOD_GET) ||
		       !strcmp(method, MHD_HTTP_METHOD_HEAD);

	(void)version;
	(void)body;
	/* Called first with the headers alone. */
	if (!*is_begun && is_read) {
		*is_begun = &begun;
		return MHD_YES;
	}
	*body_len = 0;
	if (!is_read)
		return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "Only GET is answered.\n");
	if (strcmp(url, "/metrics") != 0)
		return refuse(connection, MHD_HTTP_NOT_FOUND, "Metrics are at /metrics.\n");
	return answer_metrics(arg, connection);
}

/* ---- sockets ---------------------------------------------------------------------------------- */

/* The one that systemd passed; -1: none. */
static int passed_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int is_listening = 0;
	socklen_t len = sizeof(is_listening);

	if (!pid || !fds || strtoimax(pid, NULL, 10) != getpid() || strcmp(fds, "1") != 0)
		return -1;
	if (getsockopt(PASSED_FD, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &len) < 0 ||
	    !is_listening)
		return -1;
	fcntl(PASSED_FD, F_SETFD, FD_CLOEXEC);
	return PASSED_FD;
}

/* "127.0.0.1:9836", "[::1]:9836", "9836": split in place. */
static bool split_address(char *text, const char **ret_host, const char **ret_port)
{
	char *colon = strrchr(text, ':');

	*ret_host = "127.0.0.1";
	*ret_port = colon ? colon + 1 : text;
	if (!colon)
		return true;
	*colon = '\0';
	if (*text == '[') {
		if (colon == text || colon[-1] != ']')
			return false;
		colon[-1] = '\0';
		text++;
	} else if (strchr(text, ':')) {
		return false;
	}
	*ret_host = text;
	return true;
}

static int open_socket(const struct addrinfo *info)
{
	const int one = 1;
	_cleanup_fd_ int fd = socket(info->ai_family,
				     info->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
				     info->ai_protocol);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    bind(fd, info->ai_addr, info->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0)
		return -errno;
	return steal_fd(&fd);
}

static int listen_on(const struct options *options, const char *address)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				       .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
	_cleanup_free_ char *text = strdup(address);
	const char *host, *port;
	struct addrinfo *info;
	int fd;

	if (!text)
		return -message_exit(EXIT_FAILED, "out of memory");
	if (!split_address(text, &host, &port) || getaddrinfo(host, port, &hints, &info))
		return -usage_error(
			options, "\"%.64s\" is not an IP address and a port, nor a port", address);
	fd = open_socket(info);
	freeaddrinfo(info);
	if (fd < 0)
		return -message_exit(EXIT_FAILED, "%s: %s", address, strerror(-fd));
	return fd;
}

/* ---- the loop --------------------------------------------------------------------------------- */

static unsigned int nr_connections(struct MHD_Daemon *daemon)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return info ? info->num_connections : 0;
}

/*
 * How long it may wait: until something comes in, if it is at rest. At its limit of connections
 * libmicrohttpd takes no more of them, and looks at that again only when it is run: so after
 * connections it is run once a second for some rounds.
 */
static bool next_timeout(struct MHD_Daemon *daemon, unsigned int rounds_at_rest,
			 struct timespec *ret)
{
	MHD_UNSIGNED_LONG_LONG ms;
	bool has_timeout = MHD_get_timeout(daemon, &ms) == MHD_YES;

	if (rounds_at_rest < ROUNDS_AT_REST && (!has_timeout || ms > 1000)) {
		ms = 1000;
		has_timeout = true;
	}
	if (has_timeout)
		*ret = (struct timespec){.tv_sec = (time_t)(ms / 1000),
					 .tv_nsec = (long)(ms % 1000) * 1000000};
	return has_timeout;
}

/* Until a signal comes, which only gets through while nothing else is done. */
static void run_until_stopped(struct MHD_Daemon *daemon, int epoll, const sigset_t *unblocked)
{
	unsigned int rounds_at_rest = ROUNDS_AT_REST;

	while (!is_stopped) {
		struct pollfd pollfd = {.fd = epoll, .events = POLLIN};
		struct timespec timeout;
		bool has_timeout = next_timeout(daemon, rounds_at_rest, &timeout);

		if (ppoll(&pollfd, 1, has_timeout ? &timeout : NULL, unblocked) < 0 &&
		    errno != EINTR)
			break;
		if (MHD_run(daemon) != MHD_YES)
			break;
		rounds_at_rest = nr_connections(daemon) ? 0 : rounds_at_rest + 1;
		if (rounds_at_rest > ROUNDS_AT_REST)
			rounds_at_rest = ROUNDS_AT_REST;
	}
}

static void serve(const struct metrics *metrics, int fd, const sigset_t *unblocked)
{
	const union MHD_DaemonInfo *info;
	struct MHD_Daemon *daemon = MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, on_request, (void *)(uintptr_t)metrics,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, CONNECTION_SECONDS, MHD_OPTION_END);

	if (!daemon) {
		message("no HTTP server could be started");
		return;
	}
	info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (info)
		run_until_stopped(daemon, info->epoll_fd, unblocked);
	MHD_stop_daemon(daemon);
}

int metrics_listen(const struct metrics *metrics, const char *address)
{
	const struct sigaction action = {.sa_handler = stop};
	sigset_t blocked, unblocked;
	int fd = passed_socket();

	if (fd < 0)
		fd = listen_on(metrics->options, address);
	if (fd < 0)
		return -fd;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &unblocked);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	serve(metrics, fd, &unblocked);
	return is_stopped ? EXIT_DONE : EXIT_FAILED;
}
