// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * listen.c - metrics over HTTP: GET /metrics and nothing else.
 *
 * One request is answered at a time. Clients that have not sent theirs yet wait in a few slots, each for
 * so many seconds and with so many bytes; where all are taken, who has waited longest is dropped. So a
 * client that sends nothing keeps none of the others from an answer. (libmicrohttpd would start
 * GnuTLS whenever pidns starts, and libevent bounds neither connections nor their whole time.)
 */
#include "metrics.h"
#include "refused.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/message.h"

#define SLOTS	     32
#define REQUEST_SIZE 4096
#define REQUEST_MS   5000 /* to send a request */
#define ANSWER_MS    5000 /* to receive the answer */

#define PASSED_FD 3 /* sd_listen_fds(3) */
#define BACKLOG	  64

struct client {
	int fd; /* -1: the slot is free */
	int64_t deadline_ms;
	size_t len;
	char request[REQUEST_SIZE + 1];
};

struct server {
	const struct metrics *metrics;
	int fd;
	bool has_more; /* refusals that are not counted yet */
	struct client clients[SLOTS];
};

static volatile sig_atomic_t is_stopped;

static void stop(int signal)
{
	(void)signal;
	is_stopped = 1;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- answers ---------------------------------------------------------------------------------- */

static void send_all(int fd, const char *bytes, size_t len)
{
	const int64_t deadline = now_ms() + ANSWER_MS;

	while (len) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
		int64_t left = deadline - now_ms();
		struct pollfd pollfd = {.fd = fd, .events = POLLOUT};

		if (n >= 0) {
			bytes += n;
			len -= (size_t)n;
		} else if ((errno != EAGAIN && errno != EINTR) || left <= 0 ||
			   poll(&pollfd, 1, (int)left) == 0) {
			return;
		}
	}
}

static void answer(int fd, const char *status, const char *type, const char *text, size_t len,
		   bool has_body)
{
	char head[256];
	int n = snprintf(head, sizeof(head),
			 "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
			 "Connection: close\r\n\r\n",
			 status, type, len);

	send_all(fd, head, (size_t)n);
	if (has_body)
		send_all(fd, text, len);
}

static void refuse(int fd, const char *status, bool has_body)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%s\n", status);

	answer(fd, status, "text/plain; charset=utf-8", text, (size_t)n, has_body);
}

static void answer_metrics(const struct metrics *metrics, int fd, bool has_body)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);
	int r;

	refusals_refresh(metrics->refusals);
	r = file ? metrics_write(metrics, file) : EXIT_FAILED;
	if (!file || fclose(file) < 0 || r)
		refuse(fd, "500 Internal Server Error", has_body);
	else
		answer(fd, "200 OK", "text/plain; version=0.0.4; charset=utf-8", text, len,
		       has_body);
}

/* The first line: a method, a path with perhaps a query, and a version, a space between. */
static void answer_request(const struct metrics *metrics, int fd, char *request)
{
	char *end = strchr(request, '\r'), *path = strchr(request, ' ');
	char *version = path ? strchr(path + 1, ' ') : NULL;
	bool is_head = !strncmp(request, "HEAD ", 5);

	if (!end || !version || version > end || strncmp(version, " HTTP/1.", 8) != 0) {
		refuse(fd, "400 Bad Request", true);
		return;
	}
	*version = '\0';
	path++;
	path[strcspn(path, "?")] = '\0';
	if (!is_head && strncmp(request, "GET ", 4) != 0)
		refuse(fd, "405 Method Not Allowed", true);
	else if (strcmp(path, "/metrics") != 0)
		refuse(fd, "404 Not Found", !is_head);
	else
		answer_metrics(metrics, fd, !is_head);
}

/* ---- clients ---------------------------------------------------------------------------------- */

/* What is unread would make the end of the connection an error, which may overtake the answer. */
static void client_close(struct client *client)
{
	char rest[4096];
	int i;

	shutdown(client->fd, SHUT_WR);
	for (i = 0; i < 64 && recv(client->fd, rest, sizeof(rest), 0) > 0; i++)
		;
	close(client->fd);
	client->fd = -1;
}

static void client_read(struct server *server, struct client *client)
{
	ssize_t n = recv(client->fd, client->request + client->len, REQUEST_SIZE - client->len, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		client->len += (size_t)n;
		client->request[client->len] = '\0';
		if (strstr(client->request, "\r\n\r\n"))
			answer_request(server->metrics, client->fd, client->request);
		else if (client->len == REQUEST_SIZE)
			refuse(client->fd, "431 Request Header Fields Too Large", true);
		else
			return;
	}
	client_close(client);
}

/* A free slot, or that of the client that has waited longest. */
static struct client *take_slot(struct server *server)
{
	struct client *oldest = &server->clients[0];

	for (size_t i = 0; i < SLOTS; i++) {
		struct client *client = &server->clients[i];

		if (client->fd < 0)
			return client;
		if (client->deadline_ms < oldest->deadline_ms)
			oldest = client;
	}
	client_close(oldest);
	return oldest;
}

static void accept_client(struct server *server)
{
	int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *client;

	if (fd < 0)
		return;
	client = take_slot(server);
	client->fd = fd;
	client->len = 0;
	client->deadline_ms = now_ms() + REQUEST_MS;
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
	fcntl(PASSED_FD, F_SETFL, fcntl(PASSED_FD, F_GETFL) | O_NONBLOCK);
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

/* getaddrinfo(3) takes a larger one, and cuts it off. */
static bool is_port(const char *text)
{
	size_t len = strspn(text, "0123456789");

	return len && len <= 5 && !text[len] && atoi(text) >= 1 && atoi(text) <= UINT16_MAX;
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
	if (!split_address(text, &host, &port) || !is_port(port) ||
	    getaddrinfo(host, port, &hints, &info))
		return -usage_error(
			options, "\"%.64s\" is not an IP address and a port, nor a port", address);
	fd = open_socket(info);
	freeaddrinfo(info);
	if (fd < 0)
		return -message_exit(EXIT_FAILED, "%s: %s", address, strerror(-fd));
	return fd;
}

/* ---- the loop --------------------------------------------------------------------------------- */

/* Drop those whose time is up. The milliseconds until the next one's is; -1: none waits. */
static int64_t expire(struct server *server)
{
	int64_t now = now_ms(), next = -1;

	for (size_t i = 0; i < SLOTS; i++) {
		struct client *client = &server->clients[i];
		int64_t left = client->deadline_ms - now;

		if (client->fd >= 0 && left <= 0)
			client_close(client);
		else if (client->fd >= 0 && (next < 0 || left < next))
			next = left;
	}
	return next;
}

/* Signals only get through while nothing else is done. */
static void serve(struct server *server, const sigset_t *unblocked)
{
	struct refusals *refusals = server->metrics->refusals;
	struct pollfd polls[SLOTS + 2];

	while (!is_stopped) {
		int64_t left = expire(server), ms = server->has_more ? 0 : left;
		struct timespec timeout = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

		polls[SLOTS] = (struct pollfd){.fd = server->fd, .events = POLLIN};
		for (size_t i = 0; i < SLOTS; i++)
			polls[i] = (struct pollfd){.fd = server->clients[i].fd, .events = POLLIN};
		polls[SLOTS + 1] = (struct pollfd){.fd = refusals_fd(refusals), .events = POLLIN};
		if (ppoll(polls, SLOTS + 2, ms < 0 ? NULL : &timeout, unblocked) <= 0 &&
		    !server->has_more)
			continue;
		if (server->has_more || polls[SLOTS + 1].revents)
			server->has_more = refusals_read(refusals);
		for (size_t i = 0; i < SLOTS; i++)
			if (polls[i].fd >= 0 && polls[i].revents)
				client_read(server, &server->clients[i]);
		if (polls[SLOTS].revents)
			accept_client(server);
	}
}

static void block_signals(sigset_t *ret_unblocked)
{
	const struct sigaction action = {.sa_handler = stop};
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, ret_unblocked);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

int metrics_listen(struct metrics *metrics, const char *address)
{
	struct server server = {.metrics = metrics, .fd = passed_socket()};
	sigset_t unblocked;

	if (server.fd < 0)
		server.fd = listen_on(metrics->options, address);
	if (server.fd < 0)
		return -server.fd;
	for (size_t i = 0; i < SLOTS; i++)
		server.clients[i].fd = -1;
	metrics->refusals = refusals_open(&metrics->options->source);
	if (!metrics->refusals)
		return message_exit(EXIT_FAILED, "out of memory");
	block_signals(&unblocked);
	serve(&server, &unblocked);
	for (size_t i = 0; i < SLOTS; i++)
		if (server.clients[i].fd >= 0)
			client_close(&server.clients[i]);
	refusals_close(metrics->refusals);
	close(server.fd);
	return EXIT_DONE;
}
