#include "sidecar/protocol/json_walk.hpp"

#include <algorithm>
#include <functional>

namespace mlgateway::protocol {
namespace {

constexpr std::size_t kKeptKeys = 4096;
// Comparing each with each is cheaper than sorting as long as there are few.
constexpr std::uint32_t kFewKeys = 16;

}  // namespace

void JsonWalk::restart() {
  fault_.reset();
  if (keys_.capacity() > kKeptKeys) keys_ = {};
}

bool JsonWalk::visit(const JsonValue& value, const JsonPlace& place) {
  if (value.is_flat() && !value.is_object()) return true;
  const JsonOutline& outline = value.outline();
  for (std::uint32_t node = value.first_node(); node < value.end_node(); ++node) {
    if (outline.nodes()[node].kind != JsonKind::Object) continue;
    if (const auto name = name_there_twice(outline, node)) return fail_twice(value, place, node, *name);
  }
  return true;
}

bool JsonWalk::distinct(const JsonValue& object, const JsonPlace& place) {
  const auto name = name_there_twice(object.outline(), object.first_node());
  return !name || fail_twice(object, place, object.first_node(), *name);
}

std::optional<std::string_view> JsonWalk::name_there_twice(const JsonOutline& outline, std::uint32_t object) {
  const auto& nodes = outline.nodes();
  if (nodes[object].items > kFewKeys) return twice_among_many(outline, object);
  for (std::uint32_t later = object + 1; later < nodes[object].next; later = nodes[later].next) {
    const std::string_view name = outline.name_of(nodes[later]);
    for (std::uint32_t earlier = object + 1; earlier < later; earlier = nodes[earlier].next) {
      if (outline.name_of(nodes[earlier]) == name) return name;
    }
  }
  return std::nullopt;
}

// Sorted, not put into a hash table: names that were made to have one hash cost a sort of texts and no more.
std::optional<std::string_view> JsonWalk::twice_among_many(const JsonOutline& outline, std::uint32_t object) {
  const auto& nodes = outline.nodes();
  keys_.clear();
  for (std::uint32_t member = object + 1; member < nodes[object].next; member = nodes[member].next) {
    const std::string_view name = outline.name_of(nodes[member]);
    keys_.push_back({std::hash<std::string_view>{}(name), name});
  }
  std::sort(keys_.begin(), keys_.end());
  const auto twice = std::adjacent_find(keys_.begin(), keys_.end());
  if (twice == keys_.end()) return std::nullopt;
  return twice->text;
}

// Goes down from `value`, which is at `place`, to the object.
bool JsonWalk::fail_twice(const JsonValue& value, const JsonPlace& place, std::uint32_t object, std::string_view name) {
  if (value.first_node() == object) return fail(place, "has the member \"" + shown(name) + "\" twice");
  const JsonOutline& outline = value.outline();
  std::uint32_t inner = value.first_node() + 1;
  while (outline.nodes()[inner].next <= object) inner = outline.nodes()[inner].next;
  const JsonNode& node = outline.nodes()[inner];
  const JsonPlace below = value.is_object() ? place / outline.name_of(node) : place[node.label];
  return fail_twice(JsonValue(outline, inner), below, object, name);
}

bool JsonWalk::fail_at(std::string place, std::string_view words) {
  place.append(" ").append(words);
  fault_.emplace(Reason::BodyInvalid, place, place);
  return false;
}

}  // namespace mlgateway::protocol
