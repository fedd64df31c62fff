// KServe V1, TorchServe and MLflow.
#include "tests/sidecar/protocol/counting.hpp"

namespace mlgateway::protocol {
namespace {

using config::Protocol;

std::string v1(std::string body) { return counts({.protocol = Protocol::KServeV1, .body = std::move(body)}); }
std::string mlflow(std::string body) { return counts({.protocol = Protocol::MLflow, .body = std::move(body)}); }
std::string csv(std::string body, std::string type = "text/csv") {
  return counts({.protocol = Protocol::MLflow, .body = std::move(body), .content_type = std::move(type)});
}
std::string torchserve(std::string body, std::string type = "application/json") {
  return counts({.protocol = Protocol::TorchServe, .body = std::move(body), .content_type = std::move(type)});
}

TEST(CountKServeV1, CountsInstancesAndTheirLeaves) {
  EXPECT_EQ(v1(R"({"instances":[[1,2,3],[4,5,6]]})"), "2 6");
  EXPECT_EQ(v1(R"({"instances":["a",null,true],"signature_name":"s"})"), "3 3");
  EXPECT_EQ(v1(R"({"instances":[{"x":[1,2],"y":"a"},{"image":{"b64":"aGk="}}]})"), "2 4");
  EXPECT_EQ(v1(R"({"instances":[]})"), "0 0");
  EXPECT_EQ(v1(R"({"instances":[[],[]]})"), "2 0");
  EXPECT_EQ(v1(R"({"instances":{"x":1}})"), "/instances must be an array");
}

TEST(CountKServeV1, CountsColumns) {
  EXPECT_EQ(v1(R"({"inputs":[[1,2],[3,4],[5,6]]})"), "3 6");
  EXPECT_EQ(v1(R"({"inputs":{"a":[1,2],"b":[[1,2,3],[4,5,6]]}})"), "2 8");
  EXPECT_EQ(v1(R"({"inputs":{"a":[1,2],"b":[1]}})"), "/inputs/b has not as many rows as the others");
  EXPECT_EQ(v1(R"({"inputs":{"a":5}})"), "/inputs/a must be an array");
  EXPECT_EQ(v1(R"({"inputs":{}})"), "/inputs must not be empty");
  EXPECT_EQ(v1(R"({"inputs":"a"})"), "/inputs must be an array or an object of arrays");
}

TEST(CountKServeV1, NeedsOneOfTheTwoForms) {
  EXPECT_EQ(v1(R"({"inputs":[1],"instances":[1]})"), "the body has both instances and inputs");
  EXPECT_EQ(v1(R"({"examples":[1]})"), "the body has neither instances nor inputs");
  EXPECT_EQ(v1("[1]"), "the body must be a JSON object with a member instances or inputs");
  EXPECT_EQ(v1(R"({"instances":[NaN]})"), "the body is not valid JSON");
  EXPECT_EQ(v1(R"({"instances":[Infinity]})"), "the body is not valid JSON");
  EXPECT_EQ(v1(R"({"instances":[{"a":1},{"a":1,"a":2}]})"), "/instances/1 has the member \"a\" twice");
}

TEST(CountTorchServe, CountsRowsWhereJsonHasThem) {
  EXPECT_EQ(torchserve("[[1,2],[3,4],[5,6]]"), "3 6");
  EXPECT_EQ(torchserve(R"({"instances":[{"data":"a","target":0},{"data":"b","target":1}],"more":[1,2,3]})"), "2 4");
  EXPECT_EQ(torchserve(R"({"data":[1,2,3]})"), "1 3");
  EXPECT_EQ(torchserve("\"text\""), "1 1");
  EXPECT_EQ(torchserve("[1]", "APPLICATION/JSON; charset=utf-8"), "1 1");
  EXPECT_EQ(torchserve("[1,2]", "application/vnd.x+json"), "2 2");
  EXPECT_EQ(torchserve(R"({"instances":5})"), "/instances must be an array");
  EXPECT_EQ(torchserve("[1,2"), "the body is not valid JSON");
}

TEST(CountTorchServe, AnythingElseIsOneRow) {
  for (const char* type : {"image/png", "", "text/plain", "multipart/form-data; boundary=x", "application/jsonp"}) {
    const auto result = counted({.protocol = Protocol::TorchServe, .body = "[1,2\xff", .content_type = type});
    ASSERT_TRUE(result.ok()) << type;
    EXPECT_EQ(result->rows, 1u);
    EXPECT_EQ(result->elements, 1u);
    EXPECT_FALSE(result->json);
  }
}

TEST(CountMLflow, CountsASplitFrame) {
  EXPECT_EQ(mlflow(R"({"dataframe_split":{"columns":["a","b"],"index":[0,1],"data":[[1,2],[3,"x"]]}})"), "2 4");
  EXPECT_EQ(mlflow(R"({"dataframe_split":{"data":[[1,2],[3]]},"params":{"n":[1,2]}})"), "2 3");
  EXPECT_EQ(mlflow(R"({"dataframe_split":{"columns":["a"],"data":[]}})"), "0 0");
  EXPECT_EQ(mlflow(R"({"dataframe_split":{"columns":["a","b"],"data":[[1,2],[3]]}})"),
            "/dataframe_split/data/1 has 1 cells for 2 columns");
  EXPECT_EQ(mlflow(R"({"dataframe_split":{"columns":["a"],"data":[1]}})"), "/dataframe_split/data/0 must be an array");
  EXPECT_EQ(mlflow(R"({"dataframe_split":{"columns":5,"data":[]}})"), "/dataframe_split/columns must be an array");
  EXPECT_EQ(mlflow(R"({"dataframe_split":{"columns":["a"]}})"), "/dataframe_split/data must be an array");
  EXPECT_EQ(mlflow(R"({"dataframe_split":[]})"), "/dataframe_split must be an object");
}

TEST(CountMLflow, CountsTheOtherForms) {
  EXPECT_EQ(mlflow(R"({"dataframe_records":[{"a":1,"b":2},{"a":3,"b":4}]})"), "2 4");
  EXPECT_EQ(mlflow(R"({"dataframe_records":{"a":1}})"), "/dataframe_records must be an array");
  EXPECT_EQ(mlflow(R"({"instances":[1,2,3]})"), "3 3");
  EXPECT_EQ(mlflow(R"({"inputs":[[1,2],[3,4]]})"), "2 4");
  EXPECT_EQ(mlflow(R"({"inputs":{"a":[1],"b":[[1,2],[3,4]],"c":5}})"), "2 6");
  EXPECT_EQ(mlflow(R"({"inputs":"a text"})"), "1 1");
}

TEST(CountMLflow, NeedsExactlyOneForm) {
  EXPECT_EQ(mlflow(R"({"inputs":[1],"instances":[1]})"), "the body has both inputs and instances");
  EXPECT_EQ(mlflow(R"({"inputs":[1],"messages":[]})"), "the body has both inputs and messages");
  EXPECT_EQ(mlflow(R"({"params":{}})"), "the body needs one of dataframe_split, dataframe_records, instances, inputs");
  EXPECT_EQ(mlflow("[1]"), "the body must be a JSON object");
}

TEST(CountMLflow, CountsLanguageModelsAsOpenAiDoes) {
  EXPECT_EQ(mlflow(R"({"messages":[{"role":"user","content":"x"},{"role":"user","content":"y"}],"n":3})"), "3 2");
  EXPECT_EQ(mlflow(R"({"prompt":["a","b"],"n":2})"), "4 2");
  EXPECT_EQ(mlflow(R"({"input":["a","b","c"]})"), "3 3");
  EXPECT_EQ(mlflow(R"({"input":[{"role":"user","content":"x"},{"role":"user","content":"y"}]})"), "1 2");
  EXPECT_EQ(mlflow(R"({"input":null})"), "the body has no member input");
  EXPECT_EQ(mlflow(R"({"messages":null})"), "the body has no member messages");
}

TEST(CountMLflow, ReadsNoOtherContentTypes) {
  for (const char* type : {"", "text/plain", "application/jsonlines", "application/x-parquet"}) {
    const auto result = counted({.protocol = Protocol::MLflow, .body = "{}", .content_type = type});
    ASSERT_FALSE(result.ok()) << type;
    EXPECT_EQ(result.error().reason, Reason::BodyUnreadable);
    EXPECT_EQ(result.error().detail, "the content type must be application/json or text/csv");
  }
}

TEST(CountCsv, CountsRecordsBelowTheHeaderLine) {
  EXPECT_EQ(csv("a,b\r\n1,2\r\n3,4\r\n"), "2 4");
  EXPECT_EQ(csv("a,b\n1,2\n3,4"), "2 4");
  EXPECT_EQ(csv("a,b\r1,2\r"), "1 2");
  EXPECT_EQ(csv("a\n\n1\n\n\n2\n"), "2 2");
  EXPECT_EQ(csv("a,b\n,\n"), "1 2");
  EXPECT_EQ(csv("a,b"), "0 0");
  EXPECT_EQ(csv("a\n1", "Text/CSV; charset=utf-8"), "1 1");
  EXPECT_FALSE(counted({.protocol = Protocol::MLflow, .body = "a\n1", .content_type = "text/csv"})->json);
}

TEST(CountCsv, ReadsQuotedFields) {
  EXPECT_EQ(csv("a,b\r\n\"x,\r\n\"\"y\"\"\",2\r\n"), "1 2");
  EXPECT_EQ(csv("a,b\n\"\",\"\"\n"), "1 2");
  EXPECT_EQ(csv("\"a\nb\",c\n1,2\n"), "1 2");
  EXPECT_EQ(csv("a\n\"\"\"\"\n"), "1 1");
}

TEST(CountCsv, RefusesWhatCanBeReadInTwoWays) {
  EXPECT_EQ(csv("a\n\"x\ny\"z\n"), "line 3 of the body has text behind a closing quote");
  EXPECT_EQ(csv("a\nb\n\"x"), "line 3 of the body has a quote that is never closed");
  EXPECT_EQ(csv("a\nx\"y\"\n"), "line 2 of the body has a quote inside of a field without quotes");
  EXPECT_EQ(csv(""), "line 1 of the body needs a header line");
  EXPECT_EQ(csv("\n\n"), "line 3 of the body needs a header line");
}

}  // namespace
}  // namespace mlgateway::protocol
