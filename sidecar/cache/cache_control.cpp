#include "sidecar/cache/cache_control.hpp"

#include <algorithm>

#include "sidecar/http/character.hpp"

namespace mlgateway::cache {
namespace {

constexpr std::int64_t kMostSeconds = std::int64_t{1} << 31;

struct Directive {
  std::string_view name;
  std::string_view argument;  // without its quotes; a number needs no escapes, and nothing else is read
};

// The closing quote of a quoted string whose inside begins at `at`.
std::size_t closing_quote(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return at < text.size() ? at : std::string_view::npos;
}

// Everything up to the next comma that does not stand in a quoted string.
std::string_view take_element(std::string_view& rest) {
  std::size_t end = rest.find(',');
  // Looked for in this element only, or a field of nothing but commas would take time by its square.
  const std::size_t quoted = rest.substr(0, end).find("=\"");
  if (quoted != std::string_view::npos) {
    const std::size_t closing = closing_quote(rest, quoted + 2);
    if (closing != std::string_view::npos) end = rest.find(',', closing);
  }
  const std::string_view element = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return element;
}

Directive directive_of(std::string_view element) {
  const std::size_t equals = element.find('=');
  if (equals == std::string_view::npos) return {http::trim(element), {}};
  std::string_view argument = http::trim(element.substr(equals + 1));
  if (argument.size() >= 2 && argument.front() == '"' && argument.back() == '"') {
    argument = argument.substr(1, argument.size() - 2);
  }
  return {http::trim(element.substr(0, equals)), argument};
}

void apply(const Directive& directive, CacheControl& out) {
  const auto is = [&](std::string_view name) { return http::equals_ignoring_case(directive.name, name); };
  const auto set_age = [&](std::optional<std::chrono::seconds>& age) {
    const auto stated = delta_seconds(directive.argument).value_or(std::chrono::seconds{0});
    age = age ? std::min(*age, stated) : stated;
  };
  if (is("no-store")) out.no_store = true;
  if (is("no-cache")) out.no_cache = true;
  if (is("private")) out.is_private = true;
  if (is("only-if-cached")) out.only_if_cached = true;
  if (is("max-age")) set_age(out.max_age);
  if (is("s-maxage")) set_age(out.s_maxage);
}

}  // namespace

CacheControl cache_control_of(const http::Fields& fields) {
  CacheControl control;
  for (const http::Field& field : fields) {
    if (field.id != http::FieldId::Other || !http::equals_ignoring_case(field.name, "cache-control")) continue;
    for (std::string_view rest = field.value; !rest.empty();) apply(directive_of(take_element(rest)), control);
  }
  return control;
}

std::optional<std::chrono::seconds> delta_seconds(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char digit : text) {
    if (!http::is_digit(digit)) return std::nullopt;
    seconds = std::min(seconds * 10 + (digit - '0'), kMostSeconds);
  }
  return std::chrono::seconds{seconds};
}

}  // namespace mlgateway::cache
