#include "sidecar/http/field_section.hpp"

#include "sidecar/http/character.hpp"
#include "sidecar/http/field_id.hpp"

namespace mlgateway::http {

Fault take_line(std::string_view& rest, std::string_view& line) {
  const char* const begin = rest.data();
  const char* const end = begin + rest.size();
  const char* const stop = find_control(begin, end);
  if (stop == end || stop + 1 == end) return {"head ends within a line"};
  if (*stop == '\n') return {"LF without CR"};
  if (*stop != '\r') return {"control character in the head"};
  if (stop[1] != '\n') return {"CR without LF"};
  const auto length = static_cast<std::size_t>(stop - begin);
  line = rest.substr(0, length);
  rest.remove_prefix(length + 2);
  return {};
}

Fault parse_field_line(std::string_view line, Field& out) {
  if (is_space(line.front())) return {"line begins with white space"};
  std::size_t colon = 0;
  while (colon < line.size() && is_token_char(line[colon])) ++colon;
  if (colon == line.size()) return {"field line has no colon"};
  if (line[colon] != ':') return {is_space(line[colon]) ? "white space in a field name" : "field name is not a token"};
  if (colon == 0) return {"field name is empty"};

  out.name = line.substr(0, colon);
  out.value = trim(line.substr(colon + 1));
  out.id = field_id_of(out.name);
  out.hop_by_hop = is_hop_by_hop(out.id);
  return {};
}

Fault parse_field_section(std::string_view rest, Fields& out) {
  while (true) {
    std::string_view line;
    if (const Fault fault = take_line(rest, line)) return fault;
    if (line.empty()) return rest.empty() ? Fault{} : Fault{"bytes behind the end of the head"};
    Field field;
    if (const Fault fault = parse_field_line(line, field)) return fault;
    if (!out.push(field)) return {"head has too many fields", Reason::HeadTooLarge};
  }
}

}  // namespace mlgateway::http
