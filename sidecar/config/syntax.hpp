// The forms that texts of the contract may have. No wider than what the data path can meet in a request, no narrower
// than what the schema of MLRoute lets through.
#pragma once

#include <cstddef>
#include <string_view>

namespace mlgateway::config {

// 1..most characters of visible ASCII.
bool is_visible(std::string_view text, std::size_t most);

// As is_visible(), with spaces inside: what a field's value may be (RFC 9110 5.5, ASCII only).
bool is_field_value(std::string_view text, std::size_t most);

// A token (RFC 9110 5.6.2) of 1..most characters.
bool is_token(std::string_view text, std::size_t most);

// The same without upper-case letters: how the contract writes names of fields.
bool is_lower_token(std::string_view text, std::size_t most);

// DNS-1035: a lower-case letter, then letters, digits and '-', not '-' at the end.
bool is_dns_label(std::string_view text, std::size_t most);

// Lower-case labels of letters, digits and '-' between dots, at most 253 characters; no wildcard, no port, no dot at
// the end.
bool is_hostname(std::string_view text);

// What may stand in a url as host: a name, an IPv4 address or an IPv6 address without brackets.
bool is_host(std::string_view text);

// A path that the strict check of requests could let through: from '/', visible, without query and fragment, empty
// or dot elements, escapes that are none, and escaped slashes.
bool is_request_path(std::string_view text, std::size_t most);

// A JSON Pointer (RFC 6901) to a place inside of a document, at most `most` bytes.
bool is_json_pointer(std::string_view text, std::size_t most);

// What jose/claim_path finds a claim by: its name, or a JSON Pointer; at most 256 bytes.
bool is_claim(std::string_view text);

// UTF-8 of at most `most` bytes without ASCII's control characters: names that Kubernetes or a person has given.
bool is_text(std::string_view text, std::size_t most);

}  // namespace mlgateway::config
