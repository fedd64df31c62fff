#include "sidecar/cache/id_place.hpp"

#include <charconv>

#include "sidecar/cache/field_line.hpp"
#include "sidecar/cache/json_scan.hpp"
#include "sidecar/cache/json_skimmer.hpp"

namespace mlgateway::cache {
namespace {

constexpr std::string_view kHeaderLength = "inference-header-content-length";

std::optional<std::size_t> number_of(std::string_view text) {
  std::size_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

// Reads the members of an object one after the other.
struct Members {
  std::string_view json;
  JsonSkimmer text{json};
  std::size_t comma = 0;  // the one before the member that is next
  bool first = true;
  bool more = true;  // another one follows

  struct Member {
    std::string_view name;
    IdPlace place;
  };
  std::optional<Member> next() {
    Member member;
    text.white();
    const std::size_t begin = text.position();
    if (!text.string()) return std::nullopt;
    member.name = json.substr(begin, text.position() - begin);
    if (!text.take(':')) return std::nullopt;
    text.white();
    member.place.value_begin = text.position();
    if (!text.value()) return std::nullopt;
    member.place.value_end = text.position();
    text.white();
    const std::size_t next_comma = text.position();
    more = text.take(',');
    // With the comma behind it or, as the last one, with that before it.
    member.place.member_begin = more || first ? begin : comma;
    member.place.member_end = more ? text.position() : member.place.value_end;
    comma = next_comma;
    first = false;
    return member;
  }
};

}  // namespace

std::optional<IdPlace> id_place(std::string_view json) {
  Members members{json};
  if (!members.text.take('{')) return std::nullopt;
  std::optional<IdPlace> place;
  while (members.more) {
    const auto member = members.next();
    if (!member) return std::nullopt;
    if (!is_id(member->name)) continue;
    if (place) return std::nullopt;
    place = member->place;
  }
  if (!members.text.take('}')) return std::nullopt;
  members.text.white();
  return members.text.at_end() ? place : std::nullopt;
}

std::optional<IdPlace> id_place(const Answer& answer) {
  const auto stated = find_line(answer.fields, kHeaderLength);
  if (!stated) return id_place(std::string_view(answer.body));
  const auto size = number_of(stated->value);
  if (!size || *size > answer.body.size()) return std::nullopt;
  return id_place(std::string_view(answer.body).substr(0, *size));
}

std::optional<std::string_view> request_id_of(std::string_view json) {
  const char* const end = json.data() + json.size();
  const char* at = skip_white(json.data(), end);
  if (at == end || *at != '{') return std::nullopt;
  do {
    at = skip_white(at + 1, end);  // behind the brace or the comma
    if (at == end || *at != '"') return std::nullopt;
    const char* const name_end = skip_string(at, end);
    if (is_id({at, name_end})) {
      at = skip_white(name_end, end);
      if (at < end) at = skip_white(at + 1, end);  // the colon
      if (at == end || *at != '"') return std::nullopt;
      return std::string_view(at, skip_string(at, end));
    }
    at = skip_member(at, end);
  } while (at < end && *at == ',');
  return std::nullopt;
}

Pieces pieces_for(const Answer& answer, std::optional<std::string_view> id_json) {
  const std::string_view body = answer.body;
  if (!answer.id) return {body, {}, {}};
  const IdPlace& id = *answer.id;
  if (!id_json) return {body.substr(0, id.member_begin), {}, body.substr(id.member_end)};
  return {body.substr(0, id.value_begin), *id_json, body.substr(id.value_end)};
}

std::size_t size_of(const Pieces& pieces) {
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  return size;
}

std::string_view fields_for(const Answer& answer, std::size_t body_size, std::string& scratch) {
  if (!answer.id || body_size == answer.body.size()) return answer.fields;
  const auto stated = find_line(answer.fields, kHeaderLength);
  const auto size = stated ? number_of(stated->value) : std::nullopt;
  if (!size) return answer.fields;
  const auto place = static_cast<std::size_t>(stated->value.data() - answer.fields.data());
  scratch = answer.fields;
  scratch.replace(place, stated->value.size(), std::to_string(*size + body_size - answer.body.size()));
  return scratch;
}

}  // namespace mlgateway::cache
