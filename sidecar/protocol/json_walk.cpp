#include "sidecar/protocol/json_walk.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace mlgateway::protocol {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kSaturatedSize = 0xFFFFFF;
constexpr std::size_t kKeptKeys = 4096;
// Comparing each with each is cheaper than sorting as long as there are few.
constexpr std::size_t kFewKeys = 16;

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

const JsonWalk::Key* JsonWalk::find_twice() {
  if (keys_.size() <= kFewKeys) {
    for (auto key = keys_.begin(); key != keys_.end(); ++key) {
      if (std::find(keys_.begin(), key, *key) != key) return &*key;
    }
    return nullptr;
  }
  // Sorted, not put into a hash table: names that were made to have one hash cost a sort of texts and no more.
  for (Key& key : keys_) key.hash = std::hash<std::string_view>{}(key.text);
  std::sort(keys_.begin(), keys_.end());
  const auto twice = std::adjacent_find(keys_.begin(), keys_.end());
  return twice == keys_.end() ? nullptr : &*twice;
}

bool JsonWalk::distinct(const dom::object& object, const JsonPlace& place) {
  keys_.clear();
  for (const auto field : object) keys_.push_back({0, field.key});
  const Key* const twice = find_twice();
  return twice == nullptr || fail(place, "has the member \"" + shown(twice->text) + "\" twice");
}

bool JsonWalk::fail_at(std::string place, std::string_view words) {
  place.append(" ").append(words);
  fault_.emplace(Reason::BodyInvalid, place, place);
  return false;
}

}  // namespace mlgateway::protocol
