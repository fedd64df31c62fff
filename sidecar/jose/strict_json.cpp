#include "sidecar/jose/strict_json.hpp"

#include <set>
#include <vector>

namespace mlgateway::jose {
namespace {

using Json = nlohmann::json;

// Follows the parser, which on its own lets the last of two equal members win.
class Watch {
 public:
  explicit Watch(const JsonBounds& bounds) : bounds_(bounds) {}

  void operator()(Json::parse_event_t event, const Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
      case Json::parse_event_t::array_start:
        names_.emplace_back();
        too_deep_ = too_deep_ || names_.size() > bounds_.depth;
        return;
      case Json::parse_event_t::object_end:
      case Json::parse_event_t::array_end: names_.pop_back(); return;
      case Json::parse_event_t::key: {
        too_many_ = too_many_ || ++members_ > bounds_.members;
        const bool is_new = names_.back().insert(parsed.get_ref<const std::string&>()).second;
        twice_ = twice_ || !is_new;
        return;
      }
      case Json::parse_event_t::value: return;
    }
  }

  // Empty when all is well.
  std::string fault() const {
    if (twice_) return "has a member twice";
    if (too_deep_) return "is nested deeper than " + std::to_string(bounds_.depth);
    return too_many_ ? "has more than " + std::to_string(bounds_.members) + " members" : "";
  }

 private:
  const JsonBounds bounds_;
  std::vector<std::set<std::string>> names_;  // one set for each object or list that is open
  std::size_t members_ = 0;
  bool twice_ = false;
  bool too_deep_ = false;
  bool too_many_ = false;
};

}  // namespace

Result<Json> read_object(std::string_view text, const JsonBounds& bounds, Reason reason) {
  // The library would skip a byte order mark and take a zero byte for the end of the text.
  if (text.starts_with('\xef') || text.find('\0') != std::string_view::npos) return Error(reason, "is not JSON");
  Watch watch(bounds);
  try {
    Json parsed = Json::parse(text, [&watch](int, Json::parse_event_t event, Json& value) {
      watch(event, value);
      return true;
    });
    if (const std::string fault = watch.fault(); !fault.empty()) return Error(reason, fault);
    if (!parsed.is_object()) return Error(reason, "is not a JSON object");
    return parsed;
  } catch (const std::exception&) {  // no JSON, or a number beyond every type
    return Error(reason, "is not JSON");
  }
}

const std::string* text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace mlgateway::jose
