#include "sidecar/config/json_document.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mlgateway::config {
namespace {

using Json = nlohmann::json;

// The contract needs nine.
constexpr std::size_t kMaxDepth = 32;

Error fault_at(std::string_view text, std::size_t offset, const std::string& words) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return Error(Reason::InvalidConfig, "line " + std::to_string(line) + ", column " +
                                          std::to_string(before.size() - line_start + 1) + ": " + words);
}

// Where nesting goes too deep. Looked for before parsing, which would already have built the tree.
std::optional<std::size_t> too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return i;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return std::nullopt;
}

// Follows the parser and notices keys that stand twice, which it would silently let the last one win.
class DuplicateKeys {
 public:
  void operator()(Json::parse_event_t event, const Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start: return levels_.push_back({false, 0, {}, {}});
      case Json::parse_event_t::array_start: return levels_.push_back({true, 0, {}, {}});
      case Json::parse_event_t::object_end:
      case Json::parse_event_t::array_end: levels_.pop_back(); return end_value();
      case Json::parse_event_t::value: return end_value();
      case Json::parse_event_t::key: return take_key(parsed.get_ref<const std::string&>());
    }
  }
  const std::string& first() const { return first_; }  // its path; empty: there is none

 private:
  struct Level {
    bool is_array;
    std::size_t index;
    std::string key;
    std::set<std::string> keys;
  };

  void end_value() {
    if (!levels_.empty() && levels_.back().is_array) ++levels_.back().index;
  }
  void take_key(const std::string& key) {
    levels_.back().key = key;
    if (!levels_.back().keys.insert(key).second && first_.empty()) first_ = path();
  }
  std::string path() const {
    std::string text;
    for (const Level& level : levels_) {
      if (level.is_array)
        text += "[" + std::to_string(level.index) + "]";
      else
        text += (text.empty() ? "" : ".") + level.key;
    }
    return text;
  }

  std::vector<Level> levels_;
  std::string first_;
};

}  // namespace

Result<Json> read_document(std::string_view text) {
  if (const auto offset = too_deep(text)) {
    return fault_at(text, *offset, "nested deeper than " + std::to_string(kMaxDepth));
  }
  // The library takes it for the end of the text and would not look at what follows.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return fault_at(text, zero, "not valid JSON");
  }
  DuplicateKeys duplicates;
  try {
    Json document = Json::parse(text, [&duplicates](int, Json::parse_event_t event, Json& parsed) {
      duplicates(event, parsed);
      return true;
    });
    if (!duplicates.first().empty()) return Error(Reason::InvalidConfig, duplicates.first() + ": is there twice");
    return document;
  } catch (const Json::parse_error& error) {
    return fault_at(text, error.byte > 0 ? error.byte - 1 : 0, "not valid JSON");
  } catch (const std::exception&) {  // a number beyond every type
    return Error(Reason::InvalidConfig, "document: not readable JSON");
  }
}

}  // namespace mlgateway::config
