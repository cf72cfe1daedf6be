#include "CSimdJSON.h"

#include <simdjson.h>

using namespace simdjson;

static_assert(MR_JSON_PADDING >= SIMDJSON_PADDING, "the promised padding is what simdjson reads past the end");

struct mr_json_parser {
    dom::parser checking;       // on-demand parsing does not look into what it skips, so the whole text is checked first
    ondemand::parser walking;   // and this one hands out the members as they were written
};

extern "C" mr_json_parser *mr_json_parser_new(void) { return new mr_json_parser; }
extern "C" void mr_json_parser_free(mr_json_parser *parser) { delete parser; }

extern "C" const char *mr_json_error(int code) { return error_message(static_cast<error_code>(code)); }

static std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\n' || text.back() == '\r')) {
        text.remove_suffix(1);
    }
    return text;
}

// Where the text of a value lies, and of what kind it is.
static error_code read(ondemand::value value, int &kind, std::string_view &text) {
    ondemand::json_type type;
    if (auto error = value.type().get(type)) return error;
    switch (type) {
    case ondemand::json_type::string:
        kind = MR_JSON_STRING;
        return value.get_string().get(text);
    case ondemand::json_type::null:
        kind = MR_JSON_NULL;
        text = {};
        return SUCCESS;
    case ondemand::json_type::array: {
        kind = MR_JSON_RAW;
        ondemand::array array;
        if (auto error = value.get_array().get(array)) return error;
        auto error = array.raw_json().get(text);
        text = trimmed(text);
        return error;
    }
    case ondemand::json_type::object: {
        kind = MR_JSON_RAW;
        ondemand::object object;
        if (auto error = value.get_object().get(object)) return error;
        auto error = object.raw_json().get(text);
        text = trimmed(text);
        return error;
    }
    default:
        kind = MR_JSON_RAW;
        text = trimmed(value.raw_json_token());
        return SUCCESS;
    }
}

extern "C" int mr_json_object(
    mr_json_parser *parser, const char *text, size_t length, mr_json_member member, void *context
) {
    dom::element element;
    if (auto error = parser->checking.parse(text, length, false).get(element)) return error;
    if (!element.is_object()) return INCORRECT_TYPE;

    ondemand::document document;
    padded_string_view padded(text, length, length + SIMDJSON_PADDING);
    if (auto error = parser->walking.iterate(padded).get(document)) return error;
    ondemand::object object;
    if (auto error = document.get_object().get(object)) return error;
    for (auto field : object) {
        std::string_view key, value;
        int kind = MR_JSON_NULL;
        if (auto error = field.unescaped_key().get(key)) return error;
        ondemand::value node;
        if (auto error = field.value().get(node)) return error;
        if (auto error = read(node, kind, value)) return error;
        member(context, key.data(), key.size(), kind, value.data(), value.size());
    }
    return SUCCESS;
}
