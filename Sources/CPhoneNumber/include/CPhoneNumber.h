#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a text is not a usable number; 0 is success.
enum {
    MR_PHONE_OK = 0,
    MR_PHONE_NOT_A_NUMBER = 1,
    MR_PHONE_UNKNOWN_COUNTRY = 2,
    MR_PHONE_IMPOSSIBLE = 3,
};

/// Writes the E.164 form of `text` (UTF-8, not terminated) to `out` and its length to `out_length`.
/// `region` is an ISO 3166-1 alpha-2 code or "ZZ"; 24 bytes of room are always enough.
int mr_phone_e164(const char *text, size_t length, const char *region, char *out, size_t *out_length);

/// The calling code of a region, 0 where the region is not known.
int mr_phone_calling_code(const char *region);

/// Whether a national significant number of that many digits is of a possible full length under the calling code.
int mr_phone_possible_length(int calling_code, int digits);

#ifdef __cplusplus
}
#endif
