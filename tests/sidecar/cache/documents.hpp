// JSON documents made by chance, as the tokens they consist of.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace mlgateway::cache {

using Document = std::vector<std::string>;

inline void append(Document& to, const Document& tail) { to.insert(to.end(), tail.begin(), tail.end()); }

inline std::string some_scalar(std::mt19937& random) {
  static const std::vector<std::string> kScalars = {
      "0",    "-1",     "9007199254740993", "1.50",     "1e9",      "true",         "false",    "null",
      "\"\"", "\"id\"", "\" a  b \"",       "\"\\\"\"", "\"\\\\\"", "\"\\u0069d\"", "\"}, [\"", "\"\xc3\xa4\"",
  };
  return kScalars[random() % kScalars.size()];
}

inline Document some_document(std::mt19937& random, int depth = 4);

inline Document some_object(std::mt19937& random, int depth = 4) {
  Document document{"{"};
  const std::size_t members = random() % 5;
  for (std::size_t i = 0; i < members; ++i) {
    if (i > 0) document.push_back(",");
    document.push_back("\"m" + std::to_string(i) + (random() % 3 == 0 ? "\\n\"" : "\""));
    document.push_back(":");
    append(document, some_document(random, depth - 1));
  }
  document.push_back("}");
  return document;
}

inline Document some_array(std::mt19937& random, int depth) {
  Document document{"["};
  const std::size_t elements = random() % 5;
  for (std::size_t i = 0; i < elements; ++i) {
    if (i > 0) document.push_back(",");
    append(document, some_document(random, depth - 1));
  }
  document.push_back("]");
  return document;
}

inline Document some_document(std::mt19937& random, int depth) {
  const auto kind = depth > 0 ? random() % 3 : 0;
  if (kind == 0) return {some_scalar(random)};
  return kind == 1 ? some_object(random, depth) : some_array(random, depth);
}

// The object with one more member at a place of chance.
inline Document with_member(const Document& object, const std::string& name, const Document& value,
                            std::mt19937& random) {
  std::vector<std::size_t> places{0};  // behind these tokens
  int depth = 0;
  for (std::size_t i = 0; i < object.size(); ++i) {
    depth += object[i] == "{" || object[i] == "[" ? 1 : object[i] == "}" || object[i] == "]" ? -1 : 0;
    if (object[i] == "," && depth == 1) places.push_back(i);
  }
  const bool empty = object.size() == 2;
  const bool last = empty || random() % 3 == 0;
  const std::size_t place = last ? object.size() - 2 : places[random() % places.size()];
  Document result(object.begin(), object.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  if (last && !empty) result.push_back(",");
  result.push_back(name);
  result.push_back(":");
  append(result, value);
  if (!last) result.push_back(",");
  result.insert(result.end(), object.begin() + static_cast<std::ptrdiff_t>(place) + 1, object.end());
  return result;
}

// Its text, with white space of chance between the tokens.
inline std::string spaced(const Document& document, std::mt19937& random) {
  std::string text;
  const auto white = [&] {
    if (random() % 2 == 0) return;
    for (auto left = random() % 12; left > 0; --left) text += " \t\r\n"[random() % 4];
  };
  for (const std::string& token : document) {
    white();
    text += token;
  }
  white();
  return text;
}

}  // namespace mlgateway::cache
