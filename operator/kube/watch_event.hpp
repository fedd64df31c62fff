// One event of a watch.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace mlgateway::kube {

enum class EventType : std::uint8_t { Added, Modified, Deleted, Bookmark, Error };

struct WatchEvent {
  EventType type = EventType::Bookmark;
  nlohmann::json object;  // a Status for Error; of a Bookmark only the version counts
};

// None when `text` is no event: another type, no object, or an object without name or version.
std::optional<WatchEvent> event_from(std::string_view text);

}  // namespace mlgateway::kube
