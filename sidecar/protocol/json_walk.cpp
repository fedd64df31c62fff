#include "sidecar/protocol/json_walk.hpp"

#include <algorithm>
#include <iterator>

namespace mlgateway::protocol {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kSaturatedSize = 0xFFFFFF;
constexpr std::size_t kKeptKeys = 4096;
// Comparing each with each is cheaper than sorting as long as there are few.
constexpr std::size_t kFewKeys = 16;

// By length first: most names differ in it, and an order is all that is asked for.
bool shorter_or_less(std::string_view left, std::string_view right) {
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

const std::string_view* find_twice(std::vector<std::string_view>& keys) {
  if (keys.size() <= kFewKeys) {
    for (auto key = keys.begin(); key != keys.end(); ++key) {
      if (std::find(keys.begin(), key, *key) != key) return &*key;
    }
    return nullptr;
  }
  std::sort(keys.begin(), keys.end(), shorter_or_less);
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  return twice == keys.end() ? nullptr : &*twice;
}

}  // namespace

std::uint64_t length_of(const dom::array& array) {
  const std::size_t size = array.size();
  if (size < kSaturatedSize) return size;
  return static_cast<std::uint64_t>(std::distance(array.begin(), array.end()));
}

bool is_leaf(const dom::element& value) {
  const dom::element_type type = value.type();
  return type != dom::element_type::ARRAY && type != dom::element_type::OBJECT;
}

void JsonWalk::restart() {
  fault_.reset();
  if (keys_.capacity() > kKeptKeys) keys_ = {};
}

bool JsonWalk::visit(const dom::element& value, const JsonPlace& place, std::uint64_t& leaves) {
  if (dom::array array; value.get(array) == simdjson::SUCCESS) {
    std::size_t index = 0;
    for (const dom::element item : array) {
      if (is_leaf(item)) {
        ++leaves;
      } else if (!visit(item, place[index], leaves)) {
        return false;
      }
      ++index;
    }
    return true;
  }
  if (dom::object object; value.get(object) == simdjson::SUCCESS) {
    if (!distinct(object, place)) return false;
    for (const auto field : object) {
      if (!visit(field.value, place / field.key, leaves)) return false;
    }
    return true;
  }
  ++leaves;
  return true;
}

bool JsonWalk::visit(const dom::element& value, const JsonPlace& place) {
  std::uint64_t leaves = 0;
  return visit(value, place, leaves);
}

bool JsonWalk::distinct(const dom::object& object, const JsonPlace& place) {
  keys_.clear();
  for (const auto field : object) keys_.push_back(field.key);
  const std::string_view* const twice = find_twice(keys_);
  if (twice == nullptr) return true;
  return fail(place, "has the member \"" + shown(*twice) + "\" twice");
}

bool JsonWalk::fail_at(std::string place, std::string_view words) {
  place.append(" ").append(words);
  fault_.emplace(Reason::BodyInvalid, place, place);
  return false;
}

}  // namespace mlgateway::protocol
