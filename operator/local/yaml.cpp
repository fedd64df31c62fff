#include "operator/local/yaml.hpp"

#include <algorithm>
#include <sstream>

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "operator/local/yaml_builder.hpp"
#include "operator/schema/fault.hpp"
#include "sidecar/base/utf8.hpp"

namespace mlgateway::local {
namespace {

int line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

// What yaml-cpp would read in a way of its own.
std::optional<YamlFault> unreadable(std::string_view text) {
  if (text.size() > kMostFileBytes) {
    return YamlFault{1, "a file may have at most " + std::to_string(kMostFileBytes >> 20) + " MiB"};
  }
  if (const std::size_t bad = find_invalid_utf8(text); bad != text.size()) {
    return YamlFault{line_at(text, bad), "is not UTF-8 text"};
  }
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    if (line.starts_with('\t') && line.find_first_not_of(" \t\r") != std::string_view::npos) {
      return YamlFault{line_at(text, start), "a tab cannot indent in YAML; use spaces"};
    }
    start = end + 1;
  }
  return std::nullopt;
}

// Text from the library names no place; the line is added by who asked.
std::string words_of(const YAML::Exception& error) {
  return error.msg.empty() ? "is not YAML" : "is not YAML: " + error.msg;
}

void read_documents(std::istream& input, YamlFile& file) {
  YAML::Parser parser(input);
  while (true) {
    YamlBuilder builder;
    if (!parser.HandleNextDocument(builder)) return;
    YamlDocument document = builder.take();
    if (!document.value.is_null()) file.documents.push_back(std::move(document));
  }
}

}  // namespace

int YamlDocument::line_of(std::string_view path) const {
  for (; !path.empty(); path = schema::parent(path)) {
    if (const auto found = lines.find(path); found != lines.end()) return found->second;
  }
  return line;
}

YamlFile read_yaml(std::string_view text) {
  YamlFile file;
  file.fault = unreadable(text);
  if (file.fault) return file;
  std::istringstream input{std::string(text)};
  try {
    read_documents(input, file);
  } catch (const YamlRefusal& refusal) {
    file.fault = {refusal.line, refusal.words};
  } catch (const YAML::Exception& error) {
    file.fault = {std::max(error.mark.line, 0) + 1, words_of(error)};
  } catch (const std::exception& error) {
    file.fault = {1, std::string("is not YAML: ") + error.what()};
  }
  return file;
}

}  // namespace mlgateway::local
