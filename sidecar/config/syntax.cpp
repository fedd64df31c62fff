#include "sidecar/config/syntax.hpp"

#include <algorithm>

#include "sidecar/base/utf8.hpp"

namespace mlgateway::config {
namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr bool is_graphic(char c) { return c > ' ' && c < '\x7f'; }

constexpr bool is_token_character(char c) {
  return is_lower(c) || is_upper(c) || is_digit(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool has_size(std::string_view text, std::size_t most) { return !text.empty() && text.size() <= most; }

template <class Allowed>
bool consists_of(std::string_view text, Allowed allowed) {
  return std::all_of(text.begin(), text.end(), allowed);
}

bool is_path_element(std::string_view element) {
  for (std::size_t i = element.find('%'); i != std::string_view::npos; i = element.find('%', i + 1)) {
    const std::string_view digits = element.substr(i + 1, 2);
    if (digits.size() < 2 || !consists_of(digits, is_hex)) return false;
    if (digits == "2F" || digits == "2f" || digits == "00") return false;
  }
  return element != "." && element != "..";
}

}  // namespace

bool is_visible(std::string_view text, std::size_t most) {
  return has_size(text, most) && consists_of(text, is_graphic);
}

bool is_field_value(std::string_view text, std::size_t most) {
  return has_size(text, most) && text.front() != ' ' && text.back() != ' ' &&
         consists_of(text, [](char c) { return c == ' ' || is_graphic(c); });
}

bool is_token(std::string_view text, std::size_t most) {
  return has_size(text, most) && consists_of(text, is_token_character);
}

bool is_lower_token(std::string_view text, std::size_t most) {
  return is_token(text, most) && std::none_of(text.begin(), text.end(), is_upper);
}

bool is_dns_label(std::string_view text, std::size_t most) {
  return has_size(text, most) && is_lower(text.front()) && text.back() != '-' &&
         consists_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_hostname(std::string_view text) {
  if (!has_size(text, 253)) return false;
  while (true) {
    const std::string_view label = text.substr(0, text.find('.'));
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    if (!consists_of(label, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; })) return false;
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

bool is_host(std::string_view text) {
  return has_size(text, 300) && consists_of(text, [](char c) {
           return is_lower(c) || is_upper(c) || is_digit(c) || c == '-' || c == '.' || c == ':';
         });
}

bool is_request_path(std::string_view text, std::size_t most) {
  if (!is_visible(text, most) || text.front() != '/' || text.find_first_of("?#") != std::string_view::npos)
    return false;
  text.remove_prefix(1);
  while (!text.empty()) {
    const std::string_view element = text.substr(0, text.find('/'));
    if (element.empty() || !is_path_element(element)) return false;
    text.remove_prefix(std::min(text.size(), element.size() + 1));
  }
  return true;
}

bool is_json_pointer(std::string_view text, std::size_t most) {
  if (!text.starts_with('/') || !is_text(text, most)) return false;
  for (std::size_t i = text.find('~'); i != std::string_view::npos; i = text.find('~', i + 1)) {
    if (text.substr(i + 1, 1) != "0" && text.substr(i + 1, 1) != "1") return false;
  }
  return true;
}

bool is_text(std::string_view text, std::size_t most) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return text.size() <= most && std::none_of(text.begin(), text.end(), is_control) &&
         find_invalid_utf8(text) == text.size();
}

bool is_claim(std::string_view text) {
  constexpr std::size_t kMost = 256;
  return text.starts_with('/') ? is_json_pointer(text, kMost) : !text.empty() && is_text(text, kMost);
}

}  // namespace mlgateway::config
