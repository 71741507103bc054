package resourcelist

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
)

// decodeJSON reads a stream of JSON objects, as kubectl and jq write them. It
// is read as JSON, since the YAML parser takes neither several of them nor
// escapes such as \/ and \ud83d\ude00. ok is false for what is not JSON.
func decodeJSON(text string) (objects []*yaml.RNode, ok bool) {
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\n"), "{") {
		return nil, false
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return objects, true
		}
		if err != nil {
			return nil, false
		}
		n, err := jsonNode(decoder, token, 0)
		if err != nil {
			return nil, false
		}
		objects = append(objects, yaml.NewRNode(n))
	}
}

// maxDepth is how deep JSON may be nested, as YAML's parser has it.
const maxDepth = 10_000

// jsonNode builds the value that begins with a token.
func jsonNode(decoder *json.Decoder, token json.Token, depth int) (*yaml.Node, error) {
	if depth > maxDepth {
		return nil, errors.New("nested too deep")
	}
	switch token := token.(type) {
	case string:
		return jsonString(token), nil
	case json.Number:
		// Untagged, so that it is an int or a float by its own looks.
		return &yaml.Node{Kind: yaml.ScalarNode, Value: token.String()}, nil
	case bool:
		if token {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: "true"}, nil
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: "false"}, nil
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull, Value: "null"}, nil
	case json.Delim:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
		if token == '[' {
			n = &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
		}
		// Keys come as tokens of their own.
		for decoder.More() {
			next, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			child, err := jsonNode(decoder, next, depth+1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		_, err := decoder.Token() // the closing delimiter
		return n, err
	}
	return nil, errors.New("no JSON value")
}

func jsonString(s string) *yaml.Node {
	n := yaml.NewStringRNode(s).YNode()
	if api.IsNonString(s) || strings.HasPrefix(s, "\t") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
