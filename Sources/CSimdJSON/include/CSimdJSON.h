#pragma once
#include <stdbool.h>
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
    MR_JSON_RAW = 2,     // a number, a boolean, an array or an empty object, as written
};

/// Codes beside those of simdjson.
enum { MR_JSON_TOO_DEEP = 1000, MR_JSON_NO_OBJECT = 1001, MR_JSON_BAD_NUMBER = 1002 };

/// A value that is no object, with the names on the way to it joined by dots. Good until the next call.
typedef struct {
    const char *path;
    size_t path_length;
    const char *text;
    size_t length;
    int kind;
    bool is_nested;
} mr_json_member;

typedef struct mr_json_parser mr_json_parser;

mr_json_parser *mr_json_parser_new(void);
void mr_json_parser_free(mr_json_parser *parser);

/// Checks that `text` is one JSON object of at most `depth` levels, and lists its members, in order, those of objects in
/// it too. 0, or a code for mr_json_error.
int mr_json_object(
    mr_json_parser *parser, const char *text, size_t length, size_t depth, const mr_json_member **members, size_t *count
);

/// What a code means, in English.
const char *mr_json_error(int code);

/// Whether bytes are UTF-8.
bool mr_utf8_is_valid(const char *bytes, size_t length);

#ifdef __cplusplus
}
#endif
