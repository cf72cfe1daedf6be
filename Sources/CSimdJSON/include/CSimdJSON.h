#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How many readable bytes must follow the text of an object.
#define MR_JSON_PADDING 64

/// What a member's value is, and so what its bytes are.
enum {
    MR_JSON_STRING = 0,  // the text, escapes resolved
    MR_JSON_NULL = 1,    // nothing
    MR_JSON_RAW = 2,     // a number, a boolean, an array or an object, as written
};

typedef struct mr_json_parser mr_json_parser;

/// Called once a member of the object, in order. The pointers are good until it returns.
typedef void (*mr_json_member)(
    void *context, const char *key, size_t key_length, int kind, const char *value, size_t value_length
);

mr_json_parser *mr_json_parser_new(void);
void mr_json_parser_free(mr_json_parser *parser);

/// Checks that `text` is one JSON object, then reports its members. 0, or a code for mr_json_error.
int mr_json_object(
    mr_json_parser *parser, const char *text, size_t length, mr_json_member member, void *context
);

/// What a code means, in English.
const char *mr_json_error(int code);

#ifdef __cplusplus
}
#endif
