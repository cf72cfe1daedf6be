#ifndef MILLRACE_CRESOLVER_H
#define MILLRACE_CRESOLVER_H

/// Whether a domain takes mail.
typedef enum {
    /// It has a mail exchanger, or an address that takes mail in place of one (RFC 5321, section 5.1).
    MILLRACE_MAIL_TAKEN = 1,
    /// There is no such domain, or it says that it takes none (RFC 7505).
    MILLRACE_MAIL_REFUSED = 0,
    /// Nobody answered.
    MILLRACE_MAIL_UNKNOWN = -1,
} millrace_mail;

/// Asks the system's name servers, or the one that is named by its IPv4 address.
///
/// Waits for up to `timeout` seconds, twice.
millrace_mail millrace_takes_mail(const char *domain, const char *server, int port, int timeout);

#endif
