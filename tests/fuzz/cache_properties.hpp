// What must hold for whatever bytes the cache reads: as JSON that goes into a key, as an answer whose `id` is to be
// changed, as Cache-Control. Says which property is broken, nothing when all hold.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sidecar/cache/cache_control.hpp"
#include "sidecar/cache/canonical.hpp"
#include "sidecar/cache/id_place.hpp"

namespace mlgateway::cache {

inline std::string canonical_text(std::string_view json) {
  std::string text;
  emit_canonical(json, [&](std::string_view part) { text += part; });
  return text;
}

inline std::string canonical_text_without_id(std::string_view json) {
  std::string text;
  emit_canonical_without_id(json, [&](std::string_view part) { text += part; });
  return text;
}

// By another reader, to whom a zero byte is the end of the text.
inline bool is_json(std::string_view text) {
  return text.find('\0') == std::string_view::npos && nlohmann::json::accept(text);
}

// The members of the outermost object by another reader: all of them, and those that are called "id".
struct OwnMembers {
  std::size_t all = 0;
  std::size_t ids = 0;
  nlohmann::json last_id;
};
inline OwnMembers own_members(std::string_view json) {
  OwnMembers members;
  bool of_id = false;
  const auto look = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    if (event == nlohmann::json::parse_event_t::key && depth == 1) {
      ++members.all;
      of_id = parsed == "id";
      members.ids += of_id;
    } else if (depth == 1 && of_id && event != nlohmann::json::parse_event_t::object_start &&
               event != nlohmann::json::parse_event_t::array_start) {
      members.last_id = parsed;
    }
    return true;
  };
  [[maybe_unused]] const auto read = nlohmann::json::parse(json, look);
  return members;
}

// Byte by byte what the canonical text is.
inline std::string squeezed(std::string_view json) {
  std::string text;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (in_string || !is_white(json[i])) text += json[i];
    if (in_string && json[i] == '\\' && i + 1 < json.size())
      text += json[++i];
    else if (json[i] == '"')
      in_string = !in_string;
  }
  return text;
}

inline const char* broken_key_property(std::string_view json) {
  const std::string canonical = canonical_text(json);
  if (canonical != squeezed(json)) return "more or less than white space is left out";
  if (canonical_text(canonical) != canonical) return "the canonical text has another one";
  const std::string without = canonical_text_without_id(json);
  if (without.size() > canonical.size()) return "the text grows when its id is left out";
  if (!is_json(json)) return nullptr;
  if (!is_json(canonical)) return "valid JSON becomes invalid";
  if (!is_json(without)) return "valid JSON becomes invalid without its id";
  const OwnMembers before = own_members(json), after = own_members(without);
  if (after.ids != 0) return "an id is left";
  return after.all + before.ids == before.all ? nullptr : "another member than the id is left out";
}

inline const char* broken_id_property(std::string_view json) {
  Answer answer;
  answer.body = std::string(json);
  answer.id = id_place(json);
  if (const auto id = request_id_of(json); id && is_json(json) && !is_json(*id)) {
    return "a request's id is no JSON";
  }
  if (!answer.id) return nullptr;
  std::string changed, removed;
  for (const std::string_view piece : pieces_for(answer, R"("mine")")) changed += piece;
  for (const std::string_view piece : pieces_for(answer, std::nullopt)) removed += piece;
  if (!is_json(json)) return nullptr;  // UTF-8, or a number beyond a double: not looked at here
  if (own_members(json).ids != 1) return "an id that is not alone is changed";
  const OwnMembers with = own_members(changed), without = own_members(removed);
  if (with.ids != 1 || with.last_id != "mine") return "the id is not what was asked for";
  return without.ids == 0 && without.all + 1 == with.all ? nullptr : "another member than the id is removed";
}

inline const char* broken_cache_control_property(std::string_view value) {
  http::Fields fields;
  fields.push({"Cache-Control", value, http::FieldId::Other});
  const CacheControl control = cache_control_of(fields);
  for (const auto& age : {control.max_age, control.s_maxage}) {
    if (age && (age->count() < 0 || age->count() > std::int64_t{1} << 31)) return "an age is out of range";
  }
  return nullptr;
}

inline const char* broken_cache_property(std::string_view bytes) {
  if (const char* const broken = broken_key_property(bytes)) return broken;
  if (const char* const broken = broken_id_property(bytes)) return broken;
  return broken_cache_control_property(bytes);
}

}  // namespace mlgateway::cache
