// What `import Glibc` leaves out: epoll, eventfd, signalfd, and what Swift cannot import.
#ifndef CLINUX_LINUX_H
#define CLINUX_LINUX_H

#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>

// accept4 hides behind _GNU_SOURCE, which the Swift importer does not define early enough.
extern int accept4(int, struct sockaddr *, socklen_t *, int);

static inline int clinux_accept(int listener) {
    return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// epoll_event's data is a union, which Swift sees as a C struct of overlapping fields.
static inline int clinux_epoll_control(
    int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event;
    event.events = events;
    event.data.u64 = token;
    return epoll_ctl(epoll, operation, descriptor, &event);
}

static inline uint64_t clinux_event_token(const struct epoll_event *event) {
    return event->data.u64;
}

static inline uint32_t clinux_event_bits(const struct epoll_event *event) {
    return event->events;
}

static inline uint64_t clinux_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
