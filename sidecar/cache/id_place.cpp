#include "sidecar/cache/id_place.hpp"

#include <charconv>

#include "sidecar/cache/canonical.hpp"
#include "sidecar/cache/json_scan.hpp"
#include "sidecar/cache/json_skimmer.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::cache {
namespace {

constexpr std::string_view kHeaderLength = "inference-header-content-length";

// The value of the field within lines as relay_head writes them; null data where it is not among them.
std::string_view header_length_in(std::string_view fields) {
  while (!fields.empty()) {
    const std::size_t end = fields.find("\r\n");
    const std::string_view line = fields.substr(0, end);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos && http::equals_ignoring_case(line.substr(0, colon), kHeaderLength)) {
      return line.substr(colon + 2);
    }
    fields.remove_prefix(end == std::string_view::npos ? fields.size() : end + 2);
  }
  return {};
}

std::optional<std::size_t> number_of(std::string_view text) {
  std::size_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<IdPlace> id_place(std::string_view json) {
  JsonSkimmer text(json);
  if (!text.take('{')) return std::nullopt;
  std::optional<IdPlace> place;
  std::size_t comma = 0;  // the one before the member that is read
  bool first = true;
  do {
    text.white();
    IdPlace member;
    const std::size_t begin = text.position();
    if (!text.string()) return std::nullopt;
    const bool found = is_id(json.substr(begin, text.position() - begin));
    if (!text.take(':')) return std::nullopt;
    text.white();
    member.value_begin = text.position();
    if (!text.value()) return std::nullopt;
    member.value_end = text.position();
    text.white();
    const std::size_t next_comma = text.position();
    const bool more = text.take(',');
    member.member_begin = more || first ? begin : comma;
    member.member_end = more ? text.position() : member.value_end;
    if (found && place) return std::nullopt;
    if (found) place = member;
    comma = next_comma;
    first = false;
    if (more) continue;
    if (!text.take('}')) return std::nullopt;
    text.white();
    return text.at_end() ? place : std::nullopt;
  } while (true);
}

std::optional<IdPlace> id_place(const Answer& answer) {
  const std::string_view stated = header_length_in(answer.fields);
  if (stated.data() == nullptr) return id_place(std::string_view(answer.body));
  const auto size = number_of(stated);
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
    at = emit_member(at, end, [](std::string_view) {});
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
  const std::string_view stated = header_length_in(answer.fields);
  const auto size = number_of(stated);
  if (!size) return answer.fields;
  const auto place = static_cast<std::size_t>(stated.data() - answer.fields.data());
  scratch = answer.fields;
  scratch.replace(place, stated.size(), std::to_string(*size + body_size - answer.body.size()));
  return scratch;
}

}  // namespace mlgateway::cache
