#include "CSimdJSON.h"

#include <string>
#include <vector>

#include <simdjson.h>

using namespace simdjson;

static_assert(MR_JSON_PADDING >= SIMDJSON_PADDING, "the promised padding is what simdjson reads past the end");

struct mr_json_parser {
    ondemand::parser walking;
    std::vector<mr_json_member> members;
    std::string texts;  // dotted paths, and strings that simdjson cannot resolve; its room is reserved, so it stays put
    std::string path;
};

extern "C" mr_json_parser *mr_json_parser_new(void) { return new mr_json_parser; }
extern "C" void mr_json_parser_free(mr_json_parser *parser) { delete parser; }

extern "C" const char *mr_json_error(int code) {
    switch (code) {
    case MR_JSON_TOO_DEEP: return "it is nested too deeply";
    case MR_JSON_NO_OBJECT: return "it is no object";
    case MR_JSON_BAD_NUMBER: return "this is no number";
    default: return error_message(static_cast<error_code>(code));
    }
}

extern "C" bool mr_utf8_is_valid(const char *bytes, size_t length) { return validate_utf8(bytes, length); }

static std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\n' || text.back() == '\r')) {
        text.remove_suffix(1);
    }
    return text;
}

// RFC 8259, section 6. A number is kept as written, so it may have any size; only its form is checked.
static bool is_number(std::string_view text) {
    size_t at = 0;
    auto digits = [&] {
        size_t start = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') at++;
        return at > start;
    };
    if (at < text.size() && text[at] == '-') at++;
    if (at < text.size() && text[at] == '0') at++;
    else if (!digits()) return false;
    if (at < text.size() && text[at] == '.') {
        at++;
        if (!digits()) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) at++;
        if (!digits()) return false;
    }
    return at == text.size();
}

static int hex4(const char *at) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

static void append_utf8(std::string &out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | code >> 18);
        out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

// Resolves the escapes of a string whose surrogates do not pair up; such a one stays as it is written, since no UTF-8 can
// hold it. `at` is behind the opening quote.
static error_code resolve(const char *at, const char *end, std::string &out) {
    while (at < end && *at != '"') {
        if (*at != '\\') {
            out += *at++;
            continue;
        }
        if (at + 1 >= end) return STRING_ERROR;
        char escape = at[1];
        at += 2;
        switch (escape) {
        case '"': case '\\': case '/': out += escape; break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'u': {
            if (end - at < 4) return STRING_ERROR;
            int code = hex4(at);
            if (code < 0) return STRING_ERROR;
            bool paired = false;
            if (code >= 0xD800 && code < 0xDC00 && end - at >= 10 && at[4] == '\\' && at[5] == 'u') {
                int low = hex4(at + 6);
                if (low >= 0xDC00 && low < 0xE000) {
                    append_utf8(out, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
                    at += 10;
                    paired = true;
                }
            }
            if (paired) break;
            if (code >= 0xD800 && code < 0xE000) out.append(at - 2, 6);
            else append_utf8(out, static_cast<unsigned>(code));
            at += 4;
            break;
        }
        default: return STRING_ERROR;
        }
    }
    return at < end ? SUCCESS : STRING_ERROR;
}

struct walk {
    mr_json_parser &parser;
    const char *end;
    size_t depth;
    size_t most_texts;

    // Resolves a raw string into `texts`.
    error_code leniently(const char *raw, std::string_view &text) {
        size_t start = parser.texts.size();
        if (auto error = resolve(raw, end, parser.texts)) return error;
        text = std::string_view(parser.texts).substr(start);
        return SUCCESS;
    }

    int scalar(ondemand::value &value, ondemand::json_type type, int &kind, std::string_view &text) {
        auto raw = trimmed(value.raw_json_token());
        switch (type) {
        case ondemand::json_type::string: {
            kind = MR_JSON_STRING;
            auto error = value.get_string().get(text);
            return error == STRING_ERROR ? leniently(raw.data() + 1, text) : error;
        }
        // The rest is not stepped over here: simdjson passes over what was not taken.
        case ondemand::json_type::null:
            kind = MR_JSON_NULL;
            text = {};
            return raw == "null" ? SUCCESS : N_ATOM_ERROR;
        case ondemand::json_type::boolean:
            kind = MR_JSON_RAW;
            text = raw;
            return raw == "true" || raw == "false" ? SUCCESS : raw[0] == 't' ? T_ATOM_ERROR : F_ATOM_ERROR;
        default:
            kind = MR_JSON_RAW;
            text = raw;
            return is_number(raw) ? SUCCESS : MR_JSON_BAD_NUMBER;
        }
    }

    // Looks at everything in an array, which is kept as it is written.
    int check(ondemand::value &value, size_t level) {
        if (level > depth) return MR_JSON_TOO_DEEP;
        ondemand::json_type type;
        if (auto error = value.type().get(type)) return error;
        if (type == ondemand::json_type::array) {
            ondemand::array array;
            if (auto error = value.get_array().get(array)) return error;
            for (auto element : array) {
                ondemand::value inner;
                if (auto error = element.get(inner)) return error;
                if (auto code = check(inner, level + 1)) return code;
            }
            return SUCCESS;
        }
        if (type == ondemand::json_type::object) {
            ondemand::object object;
            if (auto error = value.get_object().get(object)) return error;
            for (auto field : object) {
                std::string_view key;
                if (auto code = name(field, key)) return code;
                ondemand::value inner;
                if (auto error = field.value().get(inner)) return error;
                if (auto code = check(inner, level + 1)) return code;
            }
            return SUCCESS;
        }
        int kind;
        std::string_view text;
        return scalar(value, type, kind, text);
    }

    int name(simdjson_result<ondemand::field> &field, std::string_view &key) {
        ondemand::raw_json_string raw;
        if (auto error = field.key().get(raw)) return error;
        auto error = field.unescaped_key().get(key);
        return error == STRING_ERROR ? leniently(raw.raw(), key) : error;
    }

    int members(ondemand::object &object, size_t level) {
        if (level > depth) return MR_JSON_TOO_DEEP;
        size_t prefix = parser.path.size();
        for (auto field : object) {
            std::string_view key;
            if (auto code = name(field, key)) return code;
            ondemand::value value;
            if (auto error = field.value().get(value)) return error;
            ondemand::json_type type;
            if (auto error = value.type().get(type)) return error;
            parser.path.resize(prefix);
            if (type == ondemand::json_type::object) {
                parser.path.append(key);
                size_t start = parser.path.size();
                parser.path += '.';
                ondemand::object inner;
                if (auto error = value.get_object().get(inner)) return error;
                size_t before = parser.members.size();
                if (auto code = members(inner, level + 1)) return code;
                parser.path.resize(start);
                if (parser.members.size() == before) {
                    if (auto code = add(MR_JSON_RAW, "{}")) return code;
                }
                continue;
            }
            int kind = MR_JSON_RAW;
            std::string_view text;
            if (type == ondemand::json_type::array) {
                // What it holds is looked at first; then it is read once more, as it stands.
                if (auto code = array(value, level, text)) return code;
            } else if (auto code = scalar(value, type, kind, text)) {
                return code;
            }
            if (level == 1) {
                parser.members.push_back({key.data(), key.size(), text.data(), text.size(), kind, false});
            } else {
                parser.path.append(key);
                if (auto code = add(kind, text)) return code;
            }
        }
        parser.path.resize(prefix);
        return SUCCESS;
    }

    int array(ondemand::value &value, size_t level, std::string_view &text) {
        auto start = value.raw_json_token();
        ondemand::array array;
        if (auto error = value.get_array().get(array)) return error;
        for (auto element : array) {
            ondemand::value inner;
            if (auto error = element.get(inner)) return error;
            if (auto code = check(inner, level + 2)) return code;
        }
        text = upToClose(start.data());
        return SUCCESS;
    }

    // The array is well-formed by now, so its end is where its brackets close.
    std::string_view upToClose(const char *start) const {
        int open = 0;
        bool in_string = false;
        for (const char *at = start; at < end; at++) {
            if (in_string) {
                if (*at == '\\') at++;
                else if (*at == '"') in_string = false;
            } else if (*at == '"') {
                in_string = true;
            } else if (*at == '[' || *at == '{') {
                open++;
            } else if ((*at == ']' || *at == '}') && --open == 0) {
                return std::string_view(start, at + 1 - start);
            }
        }
        return std::string_view(start, end - start);
    }

    // Adds a member by the path as it stands. Paths that are much longer than the text are made to do harm.
    int add(int kind, std::string_view text) {
        if (parser.texts.size() > most_texts) return MR_JSON_TOO_DEEP;
        size_t start = parser.texts.size();
        parser.texts.append(parser.path);
        parser.members.push_back(
            {parser.texts.data() + start, parser.path.size(), text.data(), text.size(), kind, true});
        return SUCCESS;
    }
};

extern "C" int mr_json_object(
    mr_json_parser *parser, const char *text, size_t length, size_t depth, const mr_json_member **members, size_t *count
) {
    parser->members.clear();
    parser->texts.clear();
    parser->path.clear();
    ondemand::document document;
    padded_string_view padded(text, length, length + MR_JSON_PADDING);
    if (auto error = parser->walking.iterate(padded).get(document)) return error;
    ondemand::json_type type;
    if (auto error = document.type().get(type)) return error;
    if (type != ondemand::json_type::object) return MR_JSON_NO_OBJECT;
    ondemand::object object;
    if (auto error = document.get_object().get(object)) return error;
    walk walk{*parser, text + length, depth, length * 16 + 4096};
    auto room = parser->texts.capacity();
    int code = walk.members(object, 1);
    if (code == SUCCESS && parser->texts.capacity() != room) {
        // The texts moved while they were written: once more, into the room that is there now.
        return mr_json_object(parser, text, length, depth, members, count);
    }
    if (code != SUCCESS) return code;
    const char *behind;
    if (document.current_location().get(behind) == SUCCESS) return TRAILING_CONTENT;
    *members = parser->members.data();
    *count = parser->members.size();
    return SUCCESS;
}
