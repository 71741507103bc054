package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"github.com/argoproj/argo-cd/v3/util/git"
	"github.com/sirupsen/logrus"
	"k8s.io/apimachinery/pkg/api/resource"
)

// generate does what the repo-server does for an Application whose source is a
// plugin: it finds the plugin, by name or by asking each whether the folder is
// for it, sends it the repository with the variables that Argo CD sets and those
// of the Application, and takes what it makes apart. It prints the manifests as
// JSON, one a line, or returns the error that the Application would show.
//
// The names of the Application and of its source are made up. It is not tracked:
// the repo-server would add an annotation that says whose the objects are.
func generate(args []string) error {
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	plugin := v1alpha1.ApplicationSourcePlugin{}
	flags.StringVar(&plugin.Name, "plugin", "", "the plugin that the Application names")
	flags.Func("env", "NAME=VALUE of the Application's spec.source.plugin.env (repeated)", func(s string) error {
		entry, err := v1alpha1.NewEnvEntry(s)
		plugin.Env = append(plugin.Env, entry)
		return err
	})
	flags.Func("parameter", "NAME=VALUE of its spec.source.plugin.parameters (repeated)", func(s string) error {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return errors.New("is not NAME=VALUE")
		}
		plugin.Parameters = append(plugin.Parameters, v1alpha1.ApplicationSourcePluginParameter{Name: name, String_: &value})
		return nil
	})
	root := flags.String("root", "", "the repository, where FOLDER is below its root")
	timeout := flags.Duration("timeout", time.Minute, "until the request has to be answered")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("usage: argocd generate [options] FOLDER")
	}
	app, err := filepath.Abs(flags.Arg(0))
	if err != nil {
		return err
	}
	repo, err := filepath.Abs(cmp.Or(*root, app))
	if err != nil {
		return err
	}
	path, err := filepath.Rel(repo, app)
	if err != nil {
		return err
	}
	logrus.SetOutput(io.Discard) // the repo-server's log is nothing that a user of Argo CD sees

	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	const revision = "0123456789abcdef0123456789abcdef01234567"
	answer, err := repository.GenerateManifests(ctx, app, repo, revision, &apiclient.ManifestRequest{
		Repo:        &v1alpha1.Repository{Repo: "https://git.example.com/shop.git"},
		AppName:     "shop",
		ProjectName: "team",
		Namespace:   "shop",
		KubeVersion: "1.34.1",
		ApiVersions: []string{"v1", "apps/v1"},
		ApplicationSource: &v1alpha1.ApplicationSource{
			RepoURL: "https://git.example.com/shop.git", Path: path, TargetRevision: "main", Plugin: &plugin,
		},
	}, false, git.NoopCredsStore{}, resource.MustParse("0"), nil)
	if err != nil {
		return err
	}
	for _, manifest := range answer.Manifests {
		fmt.Println(manifest)
	}
	return nil
}
