// libcurl, and wrappers of its variadic functions, which Swift cannot call: one per argument type.
#ifndef CCURL_CURL_H
#define CCURL_CURL_H

#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static inline CURLcode ccurl_set_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

// libcurl copies texts, with the exception of CURLOPT_POSTFIELDS, which is not used.
static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_bytes(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_fields(CURL *easy, struct curl_slist *fields) {
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
}

static inline CURLcode ccurl_set_writer(
    CURL *easy, size_t (*writer)(char *, size_t, size_t, void *), void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, writer);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_WRITEDATA, context) : code;
}

static inline CURLcode ccurl_set_reader(
    CURL *easy, size_t (*reader)(char *, size_t, size_t, void *), void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_READFUNCTION, reader);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_READDATA, context) : code;
}

// A cast in a macro, which Swift does not import.
static inline size_t ccurl_abort_reading(void) {
    return CURL_READFUNC_ABORT;
}

static inline CURLcode ccurl_set_opener(CURL *easy, curl_opensocket_callback opener) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, opener);
}

// The address that is about to be connected to: 4 bytes, 16, or none of another family.
static inline size_t ccurl_address(const struct curl_sockaddr *target, unsigned char bytes[16]) {
    if (target->family == AF_INET) {
        memcpy(bytes, &((const struct sockaddr_in *)&target->addr)->sin_addr, 4);
        return 4;
    }
    if (target->family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)&target->addr)->sin6_addr, 16);
        return 16;
    }
    return 0;
}

static inline curl_socket_t ccurl_open(const struct curl_sockaddr *target) {
    return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

static inline CURLcode ccurl_get_number(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

// The last field of that name of the final answer, until the next call on the handle; NULL where
// there is none.
static inline const char *ccurl_get_field(CURL *easy, const char *name) {
    struct curl_header *field = NULL;
    CURLHcode code = curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &field);
    return code == CURLHE_OK ? field->value : NULL;
}

static inline CURLMcode ccurl_watch_sockets(
    CURLM *multi, int (*watcher)(CURL *, curl_socket_t, int, void *, void *), void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watcher);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context) : code;
}

static inline CURLMcode ccurl_watch_timer(
    CURLM *multi, int (*watcher)(CURLM *, long, void *), void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, watcher);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context) : code;
}

static inline CURLMcode ccurl_set_multi_number(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// A cast in a macro, which Swift does not import.
static inline curl_socket_t ccurl_no_socket(void) {
    return CURL_SOCKET_TIMEOUT;
}

#endif
