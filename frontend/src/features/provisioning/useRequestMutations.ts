import { useMutationAction } from '~/api/useMutationAction';
import { graphql } from '~/gql';

const Approve = graphql(`
  mutation ApproveServerRequest($input: ApproveServerRequestInput!) {
    approveServerRequest(input: $input) {
      serverRequest {
        id
        status
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const Reject = graphql(`
  mutation RejectServerRequest($input: RejectServerRequestInput!) {
    rejectServerRequest(input: $input) {
      serverRequest {
        id
        status
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const Cancel = graphql(`
  mutation CancelServerRequest($input: CancelServerRequestInput!) {
    cancelServerRequest(input: $input) {
      serverRequest {
        id
        status
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const Deploy = graphql(`
  mutation DeployServerRequest($input: DeployServerRequestInput!) {
    deployServerRequest(input: $input) {
      deployment {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const Preview = graphql(`
  mutation PreviewServerRequest($input: PreviewServerRequestInput!) {
    previewServerRequest(input: $input) {
      deployment {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

/** What can be done to a request. Each answers its payload, or null when no answer came. */
export function useRequestMutations() {
  const { run: approve } = useMutationAction(Approve, (data) => data.approveServerRequest);
  const { run: reject } = useMutationAction(Reject, (data) => data.rejectServerRequest);
  const { run: cancel } = useMutationAction(Cancel, (data) => data.cancelServerRequest);
  const { run: deploy } = useMutationAction(Deploy, (data) => data.deployServerRequest);
  const { run: preview, pending: previewing } = useMutationAction(Preview, (data) => data.previewServerRequest);
  return { approve, reject, cancel, deploy, preview, previewing };
}
