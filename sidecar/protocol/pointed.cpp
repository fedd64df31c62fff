#include "sidecar/protocol/pointed.hpp"

#include <charconv>
#include <optional>
#include <string>

#include "sidecar/base/decimal.hpp"
#include "sidecar/protocol/number_text.hpp"

namespace mlgateway::protocol {
namespace {

namespace dom = simdjson::dom;
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

// One step down, to how many members or elements come before the one that is found.
std::optional<std::size_t> descend(dom::element& value, std::string_view token) {
  std::size_t before = 0;
  if (dom::object object; !value.get(object)) {
    for (const auto& [key, member] : object) {
      if (key == token) {
        value = member;
        return before;
      }
      ++before;
    }
    return std::nullopt;
  }
  dom::array array;
  const auto index = index_of(token);
  if (!index || value.get(array)) return std::nullopt;
  for (const dom::element item : array) {
    if (before == *index) {
      value = item;
      return before;
    }
    ++before;
  }
  return std::nullopt;
}

// The value that the pointer means, and the way to it for text_at().
std::optional<dom::element> find(const dom::element& root, std::string_view pointer, std::vector<std::size_t>& way) {
  way.clear();
  dom::element value = root;
  while (!pointer.empty()) {
    const auto before = descend(value, take_token(pointer));
    if (!before) return std::nullopt;
    way.push_back(*before);
  }
  return value;
}

std::optional<Millionths> whole(std::uint64_t number, Millionths most) {
  return number > static_cast<std::uint64_t>(most / config::kOne) ? most + 1
                                                                  : static_cast<Millionths>(number) * config::kOne;
}

// Nothing for what is no number from 0 on. Doubles have lost digits, so their text is looked at again.
std::optional<Millionths> number_of(const dom::element& value, Millionths most, std::string_view json,
                                    std::span<const std::size_t> way) {
  if (std::uint64_t number = 0; !value.get(number)) return whole(number, most);
  if (!value.is_double()) return std::nullopt;
  return millionths_of(text_at(json, way), most);
}

}  // namespace

bool read_pointed(JsonWalk& walk, const dom::element* root, std::string_view json, std::span<const CostTerm> terms,
                  std::vector<Millionths>& numbers) {
  std::vector<std::size_t> way;
  for (const CostTerm& term : terms) {
    if (term.quantity != config::Quantity::Pointer) continue;
    const auto value = root == nullptr ? std::nullopt : find(*root, term.pointer, way);
    if (!value && !term.absent) return walk.fail_at(term.pointer, "is missing");
    const auto number = value ? number_of(*value, term.max, json, way) : term.absent;
    if (!number || *number > term.max)
      return walk.fail_at(term.pointer, "must be a number from 0 to " + decimal_text(term.max));
    numbers.push_back(*number);
  }
  return true;
}

}  // namespace mlgateway::protocol
