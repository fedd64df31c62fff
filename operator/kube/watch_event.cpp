#include "operator/kube/watch_event.hpp"

#include <array>
#include <string>
#include <utility>

#include "operator/kube/json_text.hpp"

namespace mlgateway::kube {
namespace {

constexpr std::array<std::pair<std::string_view, EventType>, 5> kTypes{{
    {"ADDED", EventType::Added},
    {"MODIFIED", EventType::Modified},
    {"DELETED", EventType::Deleted},
    {"BOOKMARK", EventType::Bookmark},
    {"ERROR", EventType::Error},
}};

bool complete(const WatchEvent& event) {
  if (event.type == EventType::Error) return true;
  if (version_of(event.object).empty()) return false;
  return event.type == EventType::Bookmark || !key_of(event.object).name.empty();
}

}  // namespace

std::optional<WatchEvent> event_from(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const auto object = parsed->find("object");
  if (object == parsed->end() || !object->is_object()) return std::nullopt;
  const std::string word = text_at(*parsed, "type");
  for (const auto& [name, type] : kTypes) {
    if (word != name) continue;
    WatchEvent event{type, std::move(*object)};
    if (!complete(event)) return std::nullopt;
    return event;
  }
  return std::nullopt;
}

}  // namespace mlgateway::kube
