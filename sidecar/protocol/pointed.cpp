#include "sidecar/protocol/pointed.hpp"

#include <charconv>
#include <optional>
#include <string>

#include "sidecar/base/decimal.hpp"
#include "sidecar/protocol/number_text.hpp"

namespace mlgateway::protocol {
namespace {

using config::CostTerm;
using config::Millionths;

// Takes one reference token off a pointer, "/a~1b/c" gives "a/b".
std::string take_token(std::string_view& pointer) {
  std::string token;
  std::size_t at = 1;
  for (; at < pointer.size() && pointer[at] != '/'; ++at) {
    const bool escape = pointer[at] == '~' && at + 1 < pointer.size();
    token += !escape ? pointer[at] : pointer[++at] == '1' ? '/' : '~';
  }
  pointer.remove_prefix(at);
  return token;
}

std::optional<std::size_t> index_of(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token.front() == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto [stop, failed] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (failed != std::errc() || stop != token.data() + token.size()) return std::nullopt;
  return index;
}

// One step down.
std::optional<JsonValue> descend(const JsonValue& value, std::string_view token) {
  if (value.is_object()) return value.member(token);
  const auto index = index_of(token);
  if (!index || *index >= value.items()) return std::nullopt;
  std::size_t before = 0;
  for (const JsonValue element : value.elements()) {
    if (before++ == *index) return element;
  }
  return std::nullopt;
}

std::optional<JsonValue> find(std::optional<JsonValue> value, std::string_view pointer) {
  while (value && !pointer.empty()) value = descend(*value, take_token(pointer));
  return value;
}

}  // namespace

bool read_pointed(JsonWalk& walk, const std::optional<JsonValue>& root, std::span<const CostTerm> terms,
                  std::vector<Millionths>& numbers) {
  for (const CostTerm& term : terms) {
    if (term.quantity != config::Quantity::Pointer) continue;
    const auto value = find(root, term.pointer);
    if (!value && !term.absent) return walk.fail_at(term.pointer, "is missing");
    auto number = term.absent;
    if (value) number = value->is_number() ? millionths_of(value->text(), term.max) : std::nullopt;
    if (!number || *number > term.max)
      return walk.fail_at(term.pointer, "must be a number from 0 to " + decimal_text(term.max));
    numbers.push_back(*number);
  }
  return true;
}

}  // namespace mlgateway::protocol
