#include "CResolver.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

/// The longest that an answer can be (RFC 1035, section 4.2.2).
enum { ANSWER_BYTES = 65535 };

/// Records of a type in an answer; a null exchanger counts as -1.
static int count_records(const unsigned char *answer, int length, ns_type type) {
    ns_msg message;
    if (length > ANSWER_BYTES) length = ANSWER_BYTES;
    if (ns_initparse(answer, length, &message) != 0) return 0;
    int found = 0;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, i, &record) != 0 || ns_rr_type(record) != type) continue;
        // Two bytes of preference, then the name; a single zero is the root.
        if (type == ns_t_mx && ns_rr_rdlen(record) == 3 && ns_rr_rdata(record)[2] == 0) return -1;
        found++;
    }
    return found;
}

static millrace_mail asked(struct __res_state *state, const char *domain) {
    unsigned char answer[ANSWER_BYTES];
    int length = res_nquery(state, domain, ns_c_in, ns_t_mx, answer, sizeof answer);
    if (length >= 0) {
        int found = count_records(answer, length, ns_t_mx);
        if (found != 0) return found > 0 ? MILLRACE_MAIL_TAKEN : MILLRACE_MAIL_REFUSED;
    } else if (state->res_h_errno == HOST_NOT_FOUND) {
        return MILLRACE_MAIL_REFUSED;
    } else if (state->res_h_errno != NO_DATA) {
        return MILLRACE_MAIL_UNKNOWN;
    }
    const ns_type addresses[] = {ns_t_a, ns_t_aaaa};
    for (int i = 0; i < 2; i++) {
        length = res_nquery(state, domain, ns_c_in, addresses[i], answer, sizeof answer);
        if (length >= 0 && count_records(answer, length, addresses[i]) > 0) return MILLRACE_MAIL_TAKEN;
        if (length < 0 && state->res_h_errno != HOST_NOT_FOUND && state->res_h_errno != NO_DATA) {
            return MILLRACE_MAIL_UNKNOWN;
        }
    }
    return MILLRACE_MAIL_REFUSED;
}

millrace_mail millrace_takes_mail(const char *domain, const char *server, int port, int timeout) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) return MILLRACE_MAIL_UNKNOWN;
    state.retrans = timeout;
    state.retry = 2;
    if (server[0] != 0) {
        state.nscount = 1;
        memset(&state.nsaddr_list[0], 0, sizeof state.nsaddr_list[0]);
        state.nsaddr_list[0].sin_family = AF_INET;
        state.nsaddr_list[0].sin_port = htons((unsigned short)port);
        if (inet_pton(AF_INET, server, &state.nsaddr_list[0].sin_addr) != 1) {
            res_nclose(&state);
            return MILLRACE_MAIL_UNKNOWN;
        }
    }
    millrace_mail result = asked(&state, domain);
    res_nclose(&state);
    return result;
}
